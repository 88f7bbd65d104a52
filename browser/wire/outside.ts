// Which texts may name something outside a release: JSON of a flush, or of a bundle before its assets got their address. Whatever could begin an
// address with a host counts, backslashes too (CSS escapes, and browsers read them as slashes).

export const outside = /https?:|[/\\]{2}/i;
