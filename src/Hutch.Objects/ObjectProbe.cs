namespace Hutch.Objects;

/// <summary>
/// Checks that a bucket has the consistency that Hutch relies on: reads and lists show new objects at once and removed ones no more. Some
/// stores, and caches in front of a store, do not.
/// </summary>
public sealed class ObjectProbe(IObjectStore objects, Func<Guid> newId)
{
    private const string Prefix = "probe/";
    private const int Rounds = 5;
    private const int Bytes = 4096;

    public static bool IsTrial(string key)
    {
        return key.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Runs the trial; the refusal names the fault of the store.</summary>
    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        string key = Prefix + newId().ToString("N");
        for (int round = 0; round < Rounds; round++)
        {
            string name = $"{key}/{round}";

            // Asked for first, as a store may remember that there is none.
            _ = await objects.FindLengthAsync(name, ct);
            byte[] written = RandomNumberGenerator.GetBytes(Bytes);
            await objects.PutAsync(name, ObjectBody.From(written), ct);
            if (await FindFaultAsync(name, written, ct) is { } fault)
            {
                return ErrorCode.Conflict.With(
                    $"The object store {objects.Name} cannot be used: {fault}. Hutch needs a store whose reads and listings show at once "
                    + "what was written. Look for a cache between this server and the store, or use another store.");
            }
        }

        return Done.Value;
    }

    private async Task<string?> FindFaultAsync(string name, byte[] written, CancellationToken ct)
    {
        var read = new byte[written.Length];
        ObjectReadOutcome outcome = await objects.ReadAsync(name, 0, read, written.Length, ct);
        bool isListed = (await objects.ListAsync(name, null, 1, ct)).Objects.Count > 0;
        IReadOnlyList<UndeletedObject> left = await objects.DeleteAsync([name], ct);
        if (outcome == ObjectReadOutcome.Missing)
        {
            return "an object that was just written was not found when it was read";
        }

        if (outcome != ObjectReadOutcome.Read || !read.AsSpan().SequenceEqual(written))
        {
            return "it answered other bytes than were just written";
        }

        if (!isListed)
        {
            return "an object that was just written was not in the list of objects";
        }

        if (left.Count > 0)
        {
            return $"an object could not be removed ({left[0].Why}): the key must be allowed to";
        }

        if (await objects.FindLengthAsync(name, ct) is not null)
        {
            return "an object that was just removed was still there";
        }

        return null;
    }
}
