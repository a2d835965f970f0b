namespace Hutch.Zone.Authorization;

/// <summary>The holder of a token of a partner. It has no account here and only reads.</summary>
/// <param name="Issuer">The issuer of the token.</param>
/// <param name="Subject">The person or robot, as the issuer names it.</param>
/// <param name="Areas">All that it reads.</param>
public sealed record PartnerCaller(string Issuer, string Subject, DateTimeOffset ExpiresAt, IReadOnlyList<PartnerArea> Areas)
{
    /// <summary>The name for the audit and the log.</summary>
    public string Name => $"partner:{Subject}@{Issuer}";

    public bool Reads(NameRecord name)
    {
        foreach (PartnerArea area in Areas)
        {
            if (area.Covers(name))
            {
                return true;
            }
        }

        return false;
    }
}
