package domain

// AccountUpdate changes who finds an account; nil stays as it is.
type AccountUpdate struct{ DiscoverableByNumber, ShareNumber *bool }

// AssignedUsername is the name that Signal gave.
type AssignedUsername struct {
	// Username has a discriminator, such as alice.42.
	Username Username
	// Link is empty where the backend gave none.
	Link string
}
