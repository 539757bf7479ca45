package table

// Numbering gives each id a number, from zero on in the order of their coming.
// The runtime counts ids up, so there is a page for every few hundred; for other
// ids there is a map.
type Numbering struct {
	pages  map[uint64]*[idPage]int32
	others map[uint64]int32
	last   *[idPage]int32 // of the page that was asked for last
	lastAt uint64
	size   int
}

const idPage = 1 << 8

// NewNumbering returns an empty one.
func NewNumbering() *Numbering {
	return &Numbering{pages: map[uint64]*[idPage]int32{}, others: map[uint64]int32{}}
}

// Find returns the number of id. It remembers where it was: only one may find at
// a time.
func (n *Numbering) Find(id uint64) (int32, bool) {
	if i := n.page(id); i != nil {
		return i[id%idPage] - 1, i[id%idPage] != 0
	}
	i, ok := n.others[id]
	return i, ok
}

// Lookup is Find for when all are numbered, and any number may look.
func (n *Numbering) Lookup(id uint64) (int32, bool) {
	if p := n.pages[id/idPage]; p != nil {
		return p[id%idPage] - 1, p[id%idPage] != 0
	}
	i, ok := n.others[id]
	return i, ok
}

// Add gives an id the next number, in place of one that it may have.
func (n *Numbering) Add(id uint64) int32 {
	at := int32(n.size)
	n.size++
	p := n.page(id)
	if p == nil && len(n.pages) < 64+n.size/16 {
		p = n.addPage(id / idPage)
	}
	if p != nil {
		p[id%idPage] = at + 1
	} else {
		n.others[id] = at
	}
	return at
}

// addPage makes the page of a block of ids. Those that came when there was no room
// for it are in the map.
func (n *Numbering) addPage(block uint64) *[idPage]int32 {
	p := new([idPage]int32)
	n.pages[block] = p
	n.last, n.lastAt = p, block
	if len(n.others) == 0 {
		return p
	}
	for i := range p {
		if at, ok := n.others[block*idPage+uint64(i)]; ok {
			p[i] = at + 1
			delete(n.others, block*idPage+uint64(i))
		}
	}
	return p
}

func (n *Numbering) page(id uint64) *[idPage]int32 {
	if n.last == nil || n.lastAt != id/idPage {
		p := n.pages[id/idPage]
		if p == nil {
			return nil
		}
		n.last, n.lastAt = p, id/idPage
	}
	return n.last
}
