namespace Hutch.Client.Push;

/// <summary>A file became shorter while it was sent.</summary>
internal sealed class FileShrankException() : IOException("The file shrank while it was being sent.");
