using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Operations.Objects;

/// <summary>Objects in nearline storage, in the words of S3's archive class.</summary>
internal static class ArchiveClass
{
    public const string Name = "GLACIER";
    public const string Usual = "STANDARD";

    private const int MaxDays = 3650;

    private static readonly string[] Tiers = ["Standard", "Bulk", "Expedited"];

    /// <summary>Returns the class. An object that stays readable for no promised time counts as a usual one while it is readable.</summary>
    public static string Find(RecallState state) => state.Offline > 0 || state.Until is not null ? Name : Usual;

    public static void Announce(IHeaderDictionary headers, OpenedEntry opened)
    {
        if (opened.Stored?.FindRecall() is not { } state || Find(state) == Usual)
        {
            return;
        }

        headers["x-amz-storage-class"] = Name;
        if (state.Offline == 0)
        {
            headers["x-amz-restore"] = $"ongoing-request=\"false\", expiry-date=\"{HeaderUtilities.FormatDate(state.Until!.Value)}\"";
        }
        else if (state.Queued == state.Offline)
        {
            headers["x-amz-restore"] = "ongoing-request=\"true\"";
        }
    }

    /// <summary>Recalls an object, and keeps it readable for days: until the next midnight in UTC, as S3 does.</summary>
    public static async Task RestoreAsync(S3Request request)
    {
        int days = ReadDays(await XmlBody.ReadAsync(request, "RestoreRequest"));
        BucketVersion bucket = await RequestedBucket.FindAsync(request);
        OpenedEntry opened = await GetOperations.OpenAsync(request, bucket, request.Key, VersionId.Find(request) ?? bucket.At);
        RecallState before = opened.Stored?.FindRecall() ?? RecallState.Online;
        if (opened.Stored is not { } content || Find(before) == Usual)
        {
            throw S3ErrorCode.InvalidObjectState.With("Restore is not allowed for the object's current storage class: it can be read now.");
        }

        DateTimeOffset until = new(request.S3.Time.GetUtcNow().UtcDateTime.Date.AddDays(days + 1), TimeSpan.Zero);
        Result<RecallState> made = await request.Reader.Recalls.PinAsync(
            request.Caller, bucket.Dataset, content, until, request.Aborted);
        if (!made.IsOk)
        {
            throw S3Errors.OfKey(made.Error);
        }

        if (before.Offline > 0 && before.Queued == before.Offline && before.Until >= until)
        {
            throw S3ErrorCode.RestoreAlreadyInProgress.With("Object restore is already in progress.");
        }

        request.Http.Response.StatusCode = before.Offline > 0 ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
    }

    private static int ReadDays(XElement document)
    {
        if (document.Child("Type") is not null || document.Child("SelectParameters") is not null)
        {
            throw S3ErrorCode.NotImplemented.With("RestoreRequest with a query is not implemented: read the object, or a range of it.");
        }

        string? tier = document.Child("GlacierJobParameters")?.Text("Tier") ?? document.Text("Tier");
        if (tier is not null && !Tiers.Contains(tier))
        {
            throw S3ErrorCode.MalformedXml.With($"Tier must be one of {string.Join(", ", Tiers)}. All of them are as fast here.");
        }

        if (document.Text("Days") is not { } text || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days))
        {
            throw S3ErrorCode.MalformedXml.With("RestoreRequest needs a whole number of Days.");
        }

        if (days is >= 1 and <= MaxDays)
        {
            return days;
        }

        throw S3ErrorCode.InvalidArgument.With($"Days must be between 1 and {MaxDays}.");
    }
}
