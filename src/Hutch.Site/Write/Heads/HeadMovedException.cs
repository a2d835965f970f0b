namespace Hutch.Site.Write.Heads;

/// <summary>The head was compacted or replaced while it was read; never leaves this namespace.</summary>
internal sealed class HeadMovedException() : Exception("The head has another tree now.");
