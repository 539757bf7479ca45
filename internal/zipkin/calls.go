package zipkin

// Call is one call between two services, or one message between a service and its
// broker.
type Call struct {
	Parent, Child string
	HasError      bool
	// Timer is the node whose duration is that of the call: the client's, which waited
	// for all of it. OrElse is the server's, for where the client's is not known. None:
	// there is no such span.
	Timer, OrElse int32
	Names
}

// Names says which end of a call has the name of the other, so that a search for a
// service and its remote service finds the call.
type Names struct {
	Caller bool // a span of the parent names the child
	Callee bool // a span of the child names the parent
}

// Or is what either says.
func (n Names) Or(other Names) Names {
	return Names{n.Caller || other.Caller, n.Callee || other.Callee}
}

// Calls builds the tree of what was joined and yields the calls, breadth-first.
func (t *CallTree) Calls(yield func(Call)) {
	t.BuildForLinks()
	for _, i := range t.Order {
		t.findAncestor(i)
		t.callsOf(i, yield)
	}
}

// callsOf yields what one span says of a call between two services.
func (t *CallTree) callsOf(i int32, yield func(Call)) {
	n, e := &t.Nodes[i], &t.Ends[i]
	kind, service := n.Kind, n.Local.ServiceName
	switch {
	case kind == Client && n.FirstChild != None:
		return // the server's span says more
	case kind == "" && service != "" && e.Remote != "":
		kind = Client // it knows both sides
	}
	c := Call{HasError: e.HasError, Timer: i, OrElse: None}
	switch kind {
	case Producer, Client:
		c.Parent, c.Child, c.Names.Caller = service, e.Remote, service != ""
	case Consumer, Server:
		c.Parent, c.Child, c.Names.Callee = e.Remote, service, service != ""
	}
	// A message is between a service and its broker: producers and consumers are not
	// linked directly.
	if kind == Client || kind == Server && (i != t.Root || e.Remote != "") {
		t.place(&c, i, kind, yield)
	}
	if c.Parent != "" && c.Child != "" {
		yield(c)
	}
}

// place corrects a call by the nearest span above it that left or entered a process,
// whose service is the caller.
func (t *CallTree) place(c *Call, i int32, kind Kind, yield func(Call)) {
	up := t.Ends[i].ancestor
	if up == None || t.Nodes[up].Local.ServiceName == "" {
		return
	}
	n, above := &t.Nodes[i], &t.Nodes[up]
	caller := above.Local.ServiceName
	if kind == Client && c.Parent != "" && c.Parent != caller {
		// A client that has the name of another service: the hop to it
		// is missing. Whether that failed is not known.
		yield(Call{Parent: caller, Child: c.Parent, Timer: None, OrElse: None})
	}
	if kind == Server || c.Parent == "" {
		c.Names.Callee = c.Names.Callee && c.Parent == caller
		c.Parent = caller
	}
	if above.Kind != Client {
		return
	}
	if kind == Server {
		c.Timer, c.OrElse = up, i
		c.Names.Caller = t.Ends[up].Remote == c.Child
	}
	// With split ids the client side was skipped; its error counts.
	if n.ParentID != 0 && n.ParentID == above.ID {
		c.HasError = c.HasError || t.Ends[up].HasError
	}
}
