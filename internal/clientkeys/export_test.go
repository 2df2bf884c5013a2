package clientkeys

// MaxEntries is the size of the memory for strangers, and of the other.
const MaxEntries = maxEntries

// MaxPerHost is how many answers of one host are awaited for strangers.
const MaxPerHost = maxPerHost
