package exectrace

// names holds each text once. Zero is the empty one.
type names struct {
	texts []string
	ids   map[string]uint32
}

func newNames() *names { return &names{[]string{""}, map[string]uint32{"": 0}} }

func (n *names) id(text string) uint32 {
	id, ok := n.ids[text]
	if !ok {
		id = uint32(len(n.texts))
		n.texts = append(n.texts, text)
		n.ids[text] = id
	}
	return id
}

func (n *names) text(id uint32) string { return n.texts[id] }
