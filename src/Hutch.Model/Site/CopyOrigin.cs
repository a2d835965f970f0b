namespace Hutch.Model.Site;

/// <summary>Where a copy comes from.</summary>
/// <param name="Home">The fingerprint of the home's key.</param>
/// <param name="Epoch">The epoch of the history.</param>
/// <param name="History">The SHA-256 of the history.</param>
public sealed record CopyOrigin(BlobHash Home, long Epoch, BlobHash History);
