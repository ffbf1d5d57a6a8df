"""Files that banks take and give, as values: 代发 lists by column profile, and ISO 20022 messages."""
