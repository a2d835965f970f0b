using System.Text;
using System.Text.Json;

namespace Hutch.Cluster.Bytes;

/// <summary>The owner of a bucket, recorded in an object of it, so that no site ever writes into another's bucket.</summary>
public static class ObjectSite
{
    public const int Format = 1;

    private const int MaxBytes = 4096;

    /// <summary>Throws the refusal of a check of the bucket, for the operator of the server.</summary>
    /// <exception cref="HutchException">The bucket is another site's, its owner is unknown, or the store is unsuitable.</exception>
    public static async Task RequireAsync(
        IObjectStore objects, Func<CancellationToken, Task<Result<Done>>> look, CancellationToken ct)
    {
        HutchError? refusal;
        try
        {
            refusal = (await look(ct)).Error;
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException or ObjectOutcomeUnknownException)
        {
            refusal = ErrorCode.BadConfiguration.With(
                $"The bucket {objects.Name} cannot be used: {e.Message.TrimEnd('.')}. Check 'engine.objects', its key and the store.");
        }

        if (refusal is not null)
        {
            // What a store refuses to a server is for its operator; the advice for users of a bucket is not.
            throw ErrorCode.BadConfiguration.With(refusal.Message).ToException();
        }
    }

    /// <summary>Opens the bucket for a site; tries and marks an empty one. Refuses another site's, a newer or foreign one.</summary>
    public static async Task<Result<Done>> ClaimAsync(IObjectStore objects, Guid site, Func<Guid> newId, CancellationToken ct)
    {
        if (await objects.FindLengthAsync(ObjectNames.Site, ct) is { } length)
        {
            return await TakeUpAsync(objects, site, length, newId, ct);
        }

        ObjectPage page = await objects.ListAsync("", null, 1, ct);
        if (page.Objects.Count == 0 || ObjectProbe.IsTrial(page.Objects[0].Key))
        {
            return await MarkAsync(objects, site, newId, ct);
        }

        // Another server of the site may have marked it between the two looks.
        if (await objects.FindLengthAsync(ObjectNames.Site, ct) is { } marked)
        {
            return await TakeUpAsync(objects, site, marked, newId, ct);
        }

        return Foreign(objects, page);
    }

    /// <summary>Checks if a site could use the bucket, and changes nothing.</summary>
    /// <param name="site">The site; null when it has no log yet, so that only an empty bucket is accepted.</param>
    public static async Task<Result<Done>> ExamineAsync(IObjectStore objects, Guid? site, CancellationToken ct)
    {
        if (await objects.FindLengthAsync(ObjectNames.Site, ct) is { } length)
        {
            return site is { } expected
                ? await CheckAsync(objects, expected, length, ct)
                : ErrorCode.Conflict.With(
                    $"The bucket {objects.Name} belongs to a site already, and the database has no log of one. Give the database of that "
                    + "site, or an empty bucket.");
        }

        ObjectPage page = await objects.ListAsync("", null, 1, ct);
        return page.Objects.Count == 0 || ObjectProbe.IsTrial(page.Objects[0].Key) ? Done.Value : Foreign(objects, page);
    }

    private static HutchError Foreign(IObjectStore objects, ObjectPage page) => ErrorCode.Conflict.With(
        $"The bucket {objects.Name} has objects in it ({Display.Quote(page.Objects[0].Key)}) and does not say which site they "
        + "belong to. Give the site an empty bucket of its own.");

    /// <summary>Tries the store at every start, because it may have changed since the bucket was marked.</summary>
    private static async Task<Result<Done>> TakeUpAsync(
        IObjectStore objects, Guid site, long length, Func<Guid> newId, CancellationToken ct)
    {
        Result<Done> own = await CheckAsync(objects, site, length, ct);
        return own.IsOk ? await new ObjectProbe(objects, newId).RunAsync(ct) : own;
    }

    private static async Task<Result<Done>> MarkAsync(IObjectStore objects, Guid site, Func<Guid> newId, CancellationToken ct)
    {
        Result<Done> tried = await new ObjectProbe(objects, newId).RunAsync(ct);
        if (!tried.IsOk)
        {
            return tried;
        }

        byte[] mark = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\"format\":{Format},\"site\":\"{site:D}\"}}\n"));
        await objects.PutAsync(ObjectNames.Site, ObjectBody.From(mark), ct);

        // Read back: of two sites that are given one bucket at the same moment, one must learn of it.
        return await CheckAsync(objects, site, mark.Length, ct);
    }

    private static async Task<Result<Done>> CheckAsync(IObjectStore objects, Guid site, long length, CancellationToken ct)
    {
        if (length > MaxBytes)
        {
            return Unreadable(objects);
        }

        var mark = new byte[length];
        if (await objects.ReadAsync(ObjectNames.Site, 0, mark, length, ct) != ObjectReadOutcome.Read)
        {
            return Unreadable(objects);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(mark);
            int format = json.RootElement.GetProperty("format").GetInt32();
            Guid owner = json.RootElement.GetProperty("site").GetGuid();
            return owner != site
                ? ErrorCode.Conflict.With(
                    $"The bucket {objects.Name} belongs to the site {owner:D}, not to this one ({site:D}). Nothing was written. "
                    + "Give each site a bucket of its own.")
                : format > Format
                    ? ErrorCode.Conflict.With(
                        $"The bucket {objects.Name} has format {format}; this program knows {Format}. A newer Hutch wrote it: start that "
                        + "version.")
                    : Done.Value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return Unreadable(objects);
        }
    }

    private static HutchError Unreadable(IObjectStore objects) => ErrorCode.Conflict.With(
        $"'{ObjectNames.Site}' in the bucket {objects.Name} does not say which site the bucket belongs to. Restore it from a copy of the "
        + "bucket, or give the site an empty bucket.");
}
