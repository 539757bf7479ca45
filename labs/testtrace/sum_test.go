package testtrace

import "testing"

var sizes = []struct {
	name  string
	batch int
}{
	{"one by one", 1},
	{"by the hundred", 100},
}

// numbers are 1 to 1000, whose sum is 500500.
func numbers() []int {
	values := make([]int, 1000)
	for i := range values {
		values[i] = i + 1
	}
	return values
}

func TestSum(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			if got := Sum(numbers(), 2, size.batch); got != 500500 {
				t.Errorf("the sum is %d, want 500500", got)
			}
		})
	}
}

func BenchmarkSum(b *testing.B) {
	values := numbers()
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				Sum(values, 2, size.batch)
			}
		})
	}
}
