namespace Hutch.Cluster.Bytes.Packing;

/// <summary>Stores objects before a row of the log names them.</summary>
internal static class PackStore
{
    /// <summary>Stores an object. Until the log names it, its existence does not matter, so each failure is a refusal.</summary>
    /// <exception cref="StorageRefusedException">It was not stored, or the outcome is unknown.</exception>
    public static async Task StoreAsync(this IObjectStore objects, string name, ObjectBody body, CancellationToken ct)
    {
        try
        {
            await objects.PutAsync(name, body, ct);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or ObjectOutcomeUnknownException)
        {
            throw new StorageRefusedException($"'{name}' was not stored in {objects.Name}: {e.Message}", e);
        }
    }
}
