package bind

import "lyceum/domain/content"

// Files of content.
type ContentFile = content.File
