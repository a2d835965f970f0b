namespace Hutch.Model.Site;

/// <summary>The origin of a copy.</summary>
/// <param name="Home">The fingerprint of the home's key.</param>
/// <param name="Epoch">The epoch of the history.</param>
/// <param name="History">The SHA-256 of the history.</param>
public sealed record CopyOrigin(BlobHash Home, long Epoch, BlobHash History);

/// <summary>The last release of the home by this site.</summary>
/// <param name="Epoch">The epoch in which it was the home.</param>
/// <param name="History">The SHA-256 of the history with everything that it had accepted.</param>
/// <param name="To">The id of the next home.</param>
public sealed record HomeRelease(long Epoch, BlobHash History, string To);

/// <summary>A hold: this site's promise to the home to retain its copy, because the home may evict its own bytes.</summary>
/// <param name="Nonce">The nonce of the home's request.</param>
/// <param name="Home">The fingerprint of the home's key.</param>
public sealed record CopyHold(BlobHash Nonce, BlobHash Home);
