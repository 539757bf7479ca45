package decode

// ids gives dense indices to ids: an open hash of lines, of which each holds the indices of
// 16 ids that follow each other. The runtime hands out ids of goroutines to each processor
// in runs of 16, so that what is near in time is near in memory. An index is used again
// after it was removed.
type ids struct {
	keys  []uint64 // of a line: id/16 + 1; 0: it is free
	lines [][16]int32
	used  int
	shift uint
	last  uint64 // key of the line that was found last
	at    int
	ids   []int64 // by index
	free  []int32 // indices that are not in use
}

func newIDs() *ids {
	n := &ids{}
	n.resize(4)
	return n
}

// resize leaves out the lines of which nothing is in use.
func (n *ids) resize(log uint) {
	keys, lines := n.keys, n.lines
	n.keys = make([]uint64, 1<<log)
	n.lines = make([][16]int32, 1<<log)
	n.shift = 64 - log
	n.last, n.used = 0, 0
	for i, k := range keys {
		if k != 0 && lines[i] != [16]int32{} {
			at := n.slot(k)
			n.keys[at], n.lines[at] = k, lines[i]
			n.used++
		}
	}
}

// live is how many lines are in use.
func (n *ids) live() (k int) {
	for i := range n.lines {
		if n.lines[i] != [16]int32{} {
			k++
		}
	}
	return k
}

// slot is where a line is, or would be.
func (n *ids) slot(key uint64) int {
	i := key * 0x9e3779b97f4a7c15 >> n.shift
	for n.keys[i] != key && n.keys[i] != 0 {
		i = (i + 1) & uint64(len(n.keys)-1)
	}
	return int(i)
}

// find returns the index of an id, or None.
func (n *ids) find(id int64) int32 {
	if key := uint64(id)>>4 + 1; key != n.last {
		at := n.slot(key)
		if n.keys[at] == 0 {
			return None
		}
		n.last, n.at = key, at
	}
	return n.lines[n.at][id&15] - 1
}

// index returns the index of an id, which may be new.
func (n *ids) index(id int64) int32 {
	if i := n.find(id); i != None {
		return i
	}
	i := &n.lines[n.line(uint64(id)>>4+1)][id&15]
	if k := len(n.free); k > 0 {
		*i = n.free[k-1] + 1
		n.free = n.free[:k-1]
		n.ids[*i-1] = id
	} else {
		n.ids = append(n.ids, id)
		*i = int32(len(n.ids))
	}
	return *i - 1
}

// line returns where the line of a key is, which may be new.
func (n *ids) line(key uint64) int {
	if key == n.last {
		return n.at
	}
	at := n.slot(key)
	if n.keys[at] == 0 {
		if n.used++; n.used > len(n.keys)/2 {
			log := 64 - n.shift
			if n.live() > len(n.keys)/4 {
				log++
			}
			n.resize(log)
			n.used++
			at = n.slot(key)
		}
		n.keys[at] = key
	}
	n.last, n.at = key, at
	return at
}

// remove gives an index back.
func (n *ids) remove(i int32) {
	id := n.ids[i]
	at := n.slot(uint64(id)>>4 + 1)
	if of := &n.lines[at][id&15]; n.keys[at] != 0 && *of == i+1 {
		*of = 0
		n.free = append(n.free, i)
	}
}
