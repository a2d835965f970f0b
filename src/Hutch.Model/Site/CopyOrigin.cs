namespace Hutch.Model.Site;

/// <param name="Home">The fingerprint of the home's key.</param>
/// <param name="History">The SHA-256 of the history.</param>
public sealed record CopyOrigin(BlobHash Home, long Epoch, BlobHash History);

/// <param name="History">The SHA-256 of the history with everything that it had accepted.</param>
public sealed record HomeRelease(long Epoch, BlobHash History, string To);

/// <summary>A hold: this site's promise to the home to retain its copy, because the home may evict its own bytes.</summary>
/// <param name="Home">The fingerprint of the home's key.</param>
public sealed record CopyHold(BlobHash Nonce, BlobHash Home);
