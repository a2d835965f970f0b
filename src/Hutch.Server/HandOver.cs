namespace Hutch.Server;

/// <summary>The end of a move without a stop: a server on the new place takes the listening sockets of the old one.</summary>
/// <param name="Target">Of the server on the new place.</param>
internal sealed record HandOver(SiteMove Move, ServeOptions Target);
