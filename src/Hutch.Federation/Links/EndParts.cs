namespace Hutch.Federation.Links;

/// <summary>Splits a site's report to a restored zone into requests of a size that the zone accepts.</summary>
internal static class EndParts
{
    /// <summary>The most items of one request: each is less than 300 bytes.</summary>
    internal const int MaxItems = 200;

    /// <summary>A home comes with signatures: less than 1 500 bytes.</summary>
    private const int MaxHomes = 100;

    /// <summary>The parts; at least one, so that the zone hears of a site that knows nothing.</summary>
    public static IReadOnlyList<KnownEnds> Split(KnownEnds all)
    {
        KnownEnds[] parts =
        [
            .. all.Tokens.Chunk(MaxItems).Select(static some => new KnownEnds { Tokens = some }),
            .. all.Users.Chunk(MaxItems).Select(static some => new KnownEnds { Users = some }),
            .. all.Rows.Chunk(MaxItems).Select(static some => new KnownEnds { Rows = some }),
            .. all.Names.Chunk(MaxItems).Select(static some => new KnownEnds { Names = some }),
            .. all.Homes.Chunk(MaxHomes).Select(static some => new KnownEnds { Homes = some }),
            .. all.Ends.Chunk(MaxItems).Select(static some => new KnownEnds { Ends = some }),
            .. all.Purges.Chunk(MaxHomes).Select(static some => new KnownEnds { Purges = some }),
        ];
        return parts.Length > 0 ? parts : [new KnownEnds()];
    }
}
