package domain

// UserStatus tells whether somebody is at Signal.
type UserStatus struct {
	// Asked is how the backend read the question.
	Asked string
	// Address is empty where nobody was found; its Number may be there all the same.
	Address
	Registered bool
}
