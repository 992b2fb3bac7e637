/** Stands where a command wants a whole record whose id is the host's to give. */
export const NEW_ID = "00000000-0000-0000-0000-000000000000";
