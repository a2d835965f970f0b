using Hutch.Cluster.Bytes;

namespace Hutch.Cluster.Setup;

/// <summary>Checks if a bucket can keep the bytes of a site: its owner, and if reads and lists show fresh writes.</summary>
internal sealed class BucketExamination(Func<IObjectStore> connect, Func<Guid> newId, TimeProvider time)
{
    private const string Reach = "Check 'engine.objects', the key and the network, and that the object store runs.";
    private static readonly TimeSpan SlowTrial = TimeSpan.FromSeconds(10);

    /// <param name="site">The site of the log; null when the database has none yet.</param>
    public async Task<IReadOnlyList<EngineFinding>> RunAsync(Guid? site, CancellationToken ct)
    {
        try
        {
            using IObjectStore objects = connect();
            Result<Done> whose = await ObjectSite.ExamineAsync(objects, site, ct);
            if (!whose.IsOk)
            {
                return [EngineFinding.Problem(whose.Error.Message, "No server starts with it; nothing was written.")];
            }

            long start = time.GetTimestamp();
            Result<Done> tried = await new ObjectProbe(objects, newId).RunAsync(ct);
            TimeSpan took = time.GetElapsedTime(start);
            return tried.IsOk
                ? [.. Slow(took), .. await FindVersionsAsync(objects, ct)]
                : [EngineFinding.Problem(tried.Error.Message, "Nothing that this store loses or hides can be read again.")];
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException or ObjectOutcomeUnknownException)
        {
            return [EngineFinding.Problem($"The bucket cannot be used: {e.Message}", Reach)];
        }
    }

    private static IEnumerable<EngineFinding> Slow(TimeSpan took) => took < SlowTrial ? [] :
    [
        EngineFinding.Record(
            string.Create(CultureInfo.InvariantCulture, $"The object store is slow: 30 requests took {took.TotalSeconds:0.0} s."),
            "Large files wait for it. Look at the load of the store and at the network between."),
    ];

    private static async Task<IEnumerable<EngineFinding>> FindVersionsAsync(IObjectStore objects, CancellationToken ct)
    {
        try
        {
            return await objects.KeepsVersionsAsync(ct) ?
            [
                EngineFinding.Problem(
                    "The bucket keeps old versions of its objects: what Hutch deletes, purged data too, stays there.",
                    "Turn versioning off and remove the old versions, or give the bucket a lifecycle rule that ends noncurrent versions "
                        + "within the time that your law allows."),
            ] : [];
        }
        catch (HutchException e)
        {
            // A store without versions need not know the question, and a key need not be allowed to ask.
            return
            [
                EngineFinding.Record(
                    $"The object store does not say whether the bucket keeps old versions: {e.Message.TrimEnd('.')}.",
                    "Make sure that it does not: what is purged would stay there."),
            ];
        }
    }
}
