package codec

// skip reads over any value inside depth others.
func (p *scanner) skip(depth int) error {
	switch c := p.peek(); c {
	case '{', '[':
		return p.skipNested(c, depth)
	case '"':
		_, err := p.quoted()
		return err
	case 't', 'T', 'f', 'F':
		_, err := p.boolean()
		return err
	case 'n', 'N':
		if !p.word("null") {
			return errMalformed
		}
		return nil
	}
	_, err := p.number()
	return err
}

func (p *scanner) skipNested(open byte, depth int) error {
	if depth >= maxDepth {
		return errMalformed
	}
	end := open + 2 // in ASCII, for both kinds
	more, err := p.enter(open, end)
	for more {
		if open == '{' {
			if _, err := p.name(); err != nil {
				return err
			}
		}
		if err := p.skip(depth + 1); err != nil {
			return err
		}
		more, err = p.next(end)
	}
	return err
}
