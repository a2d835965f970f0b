namespace Hutch.Zone.Credentials;

/// <summary>Random bytes that only the servers of a zone share.</summary>
internal static class SharedSecret
{
    public const int Bytes = 32;

    /// <summary>Returns the secret with a name; the first server creates it or contributes its own.</summary>
    /// <param name="mine">The secret to use when there is none yet; null for new random bytes.</param>
    public static async ValueTask<byte[]> EnsureAsync(ZoneDatabase zone, string name, string action, byte[]? mine, CancellationToken ct) =>
        await zone.ReadAsync(tables => tables.Secrets.Find(name), ct)
        ?? (await zone.ChangeOwnAsync<byte[]>(
            AuditActor.Server, change => Share(change, name, action, mine ?? RandomNumberGenerator.GetBytes(Bytes)), ct)).Value;

    private static Result<byte[]> Share(ZoneChange change, string name, string action, byte[] mine)
    {
        if (change.Secrets.Find(name) is { } before)
        {
            // Another server was faster by a moment; nothing is changed but the audit.
            change.AddAudit(action, null, "found");
            return before;
        }

        change.Secrets.Add(name, mine);
        change.AddAudit(action, null, "made");
        return mine;
    }
}
