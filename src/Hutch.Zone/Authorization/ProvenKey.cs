using Hutch.Model.NarrowedTokens;

namespace Hutch.Zone.Authorization;

/// <summary>A key of a narrowable token whose signatures are right. It holds no secret.</summary>
/// <param name="Id">The public part of the token.</param>
/// <param name="RootHash">The hash of the root's public key, which must be that of the token.</param>
/// <param name="Reach">The restrictions of all blocks.</param>
/// <param name="Blocks">The number of blocks; 0 for the token as it was made.</param>
/// <param name="Chain">The hash of the chain, which names the key.</param>
public sealed record ProvenKey(string Id, BlobHash RootHash, TokenRestrictions Reach, int Blocks, BlobHash Chain)
{
    private const int MarkDigits = 16;

    public bool IsNarrowed => Blocks > 0;

    /// <summary>What the audit says of the key: the number of blocks, and the beginning of the chain's hash.</summary>
    public string Mark => $"{Blocks}/{Chain.ToString()[..MarkDigits]}";
}
