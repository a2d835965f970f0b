using Hutch.Datasets.Registry;
using Hutch.Model.Zone;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations.Buckets;

/// <summary>Buckets as wholes: find, make, delete, and what clients ask about them.</summary>
internal static class BucketOperations
{
    private const int MaxListed = 10_000;

    public static async Task ListAsync(S3Request request)
    {
        if (request.Caller.Kind == CallerKind.Anonymous)
        {
            throw S3ErrorCode.AccessDenied.With("Listing buckets needs a key: create one with `hutch token create --s3`.");
        }

        string prefix = request.Query.Value("prefix") ?? "";
        string after = request.Query.Value("continuation-token") is { } token ? ListOperations.ReadToken(token) : "";
        int most = ReadMost(request);
        bool isElsewhere = request.Query.Value("bucket-region") is { } region && region != request.S3.Signers.Region;
        (string Name, DatasetDescription Dataset)[] all =
        [
            .. (isElsewhere ? [] : await FindAllAsync(request)).Select(dataset => (Name: NameOf(request, dataset), Dataset: dataset))
                .Where(one => one.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(one.Name, after) > 0)
                .OrderBy(one => one.Name, StringComparer.Ordinal),
        ];
        await XmlAnswer.SendAsync(request, "ListAllMyBucketsResult", xml =>
        {
            xml.Owner("Owner", request.Caller.Name);
            xml.Element("Buckets", () =>
            {
                foreach ((string name, DatasetDescription dataset) in all.Take(most))
                {
                    xml.Element("Bucket", () =>
                    {
                        xml.Element("Name", name);
                        xml.Element("CreationDate", DateTimeOffset.FromUnixTimeMilliseconds(dataset.Record.Created));
                        xml.Element("BucketRegion", request.S3.Signers.Region);
                    });
                }
            });
            xml.Optional("ContinuationToken", all.Length > most ? ListOperations.WriteToken(all[most - 1].Name) : null);
            xml.Optional("Prefix", prefix.Length > 0 ? prefix : null);
        });
    }

    public static async Task CreateAsync(S3Request request)
    {
        Unsupported.CheckHeaders(request);
        Visibility? visibility = Acl.OfBucket(request);
        _ = await XmlBody.ReadOptionalAsync(request, "CreateBucketConfiguration");
        (AccountName? owner, Slug slug) = BucketNames.ParseNew(request.Bucket);
        var wanted = new RequestedDataset { Owner = owner, Slug = slug };
        Result<DatasetDescription> made = await request.S3.Datasets.Creation.CreateAsync(request.Caller, wanted, request.Aborted);
        if (!made.IsOk && made.Error.Code == ErrorCode.AlreadyExists)
        {
            await DeleteEmptyAsync(request);
            made = await request.S3.Datasets.Creation.CreateAsync(request.Caller, wanted, request.Aborted);
        }

        if (!made.IsOk)
        {
            throw owner is not null && made.Error.Code == ErrorCode.NotFound
                ? S3ErrorCode.InvalidBucketName.With(
                    $"{Display.Quote(request.Bucket)} means the dataset {Display.Quote(slug.ToString())} "
                    + $"of {Display.Quote(owner.Value.ToString())}. "
                    + $"{made.Error.Message} Use a name without a dot for a dataset of yours.")
                : S3Errors.OfBucket(made.Error);
        }

        if (visibility is { } shown && shown != Visibility.Private)
        {
            await Acl.SetAsync(request, shown);
        }

        request.Http.Response.Headers.Location = "/" + request.Bucket;
    }

    public static async Task HeadAsync(S3Request request)
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        request.Http.Response.Headers[ErrorAnswer.RegionHeader] = request.S3.Signers.Region;
    }

    /// <summary>Moves an empty bucket to the trash, and refuses others; its name is free afterwards.</summary>
    public static async Task DeleteAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        DatasetDescription dataset = Require(await request.Reader.DescribeAsync(request.Caller, bucket.Dataset, request.Aborted));
        if (dataset is { IsPresent: true, Record.Closed: not null })
        {
            throw S3ErrorCode.AccessDenied.With(
                $"The dataset '{dataset.Name.FullName}' is closed and cannot be deleted through S3. Use `hutch delete`.");
        }

        Result<Done> cleared = await request.S3.Files.Folders.ClearAsync(request.Caller, bucket.Dataset, request.Aborted);
        if (!cleared.IsOk)
        {
            throw S3Errors.OfBucket(cleared.Error);
        }

        Result<DatasetDescription> trashed = await request.S3.Datasets.Lifecycle.TrashEmptyAsync(
            request.Caller, bucket.Dataset, request.Aborted);
        if (!trashed.IsOk && trashed.Error.Code == ErrorCode.Conflict)
        {
            throw S3ErrorCode.BucketNotEmpty.With("The bucket you tried to delete is not empty.");
        }

        _ = Require(trashed);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task LocationAsync(S3Request request)
    {
        _ = await RequestedBucket.FindLiveAsync(request);

        // An empty constraint is us-east-1.
        string region = request.S3.Signers.Region;
        await XmlAnswer.SendAsync(request, "LocationConstraint", xml => xml.Text(region == "us-east-1" ? "" : region));
    }

    public static async Task VersioningAsync(S3Request request)
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        await XmlAnswer.SendAsync(request, "VersioningConfiguration", static _ => { });
    }

    public static async Task PolicyStatusAsync(S3Request request)
    {
        (_, DatasetDescription dataset) = await RequestedBucket.FindLiveAsync(request);
        await XmlAnswer.SendAsync(request, "PolicyStatus", xml => xml.Element("IsPublic", dataset.IsPublic));
    }

    public static async Task RequestPaymentAsync(S3Request request)
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        await XmlAnswer.SendAsync(request, "RequestPaymentConfiguration", static xml => xml.Element("Payer", "BucketOwner"));
    }

    /// <summary>A configuration that is never set.</summary>
    public static Func<S3Request, Task> Empty(string root) => async request =>
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        await XmlAnswer.SendAsync(request, root, static _ => { });
    };

    /// <summary>
    /// The name is taken. By a dataset in the trash, or one whose time is over, that one is named otherwise, as S3 frees the names of what
    /// is gone.
    /// </summary>
    private static async Task DeleteEmptyAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindAsync(request);
        DatasetDescription taken = Require(await request.Reader.DescribeAsync(request.Caller, bucket.Dataset, request.Aborted));
        if (taken.IsPresent)
        {
            throw taken.Name.Owner.Name == request.Caller.Name
                ? S3ErrorCode.BucketAlreadyOwnedByYou.With(
                    "Your previous request to create the named bucket succeeded and you already own it.")
                : S3ErrorCode.BucketAlreadyExists.With("The requested bucket name is not available.");
        }

        string suffix = $"-{taken.State}-{taken.Id.ToString()[..8]}";
        string slug = taken.Name.Slug[..Math.Min(taken.Name.Slug.Length, Slug.MaxLength - suffix.Length)].TrimEnd('-') + suffix;
        Result<DatasetDescription> renamed = await request.S3.Datasets.Edits.EditAsync(
            request.Caller, taken.Id, new DatasetEdit { Slug = Slug.Parse(slug).Value }, request.Aborted);
        if (!renamed.IsOk && renamed.Error.Code != ErrorCode.Gone)
        {
            // The record of a purged dataset keeps its text; the name is free.
            throw S3Errors.OfBucket(renamed.Error);
        }
    }

    private static string NameOf(S3Request request, DatasetDescription dataset) =>
        dataset.Name.Owner.Name == request.Caller.Name ? dataset.Name.Slug : $"{dataset.Name.Owner.Name}.{dataset.Name.Slug}";

    private static int ReadMost(S3Request request) => request.Query.Value("max-buckets") is not { } text ? MaxListed
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int most) && most is >= 1 and <= MaxListed ? most
        : throw S3ErrorCode.InvalidArgument.With($"Argument max-buckets must be an integer between 1 and {MaxListed}.");

    private static async Task<List<DatasetDescription>> FindAllAsync(S3Request request)
    {
        var found = new List<DatasetDescription>();
        string? cursor = null;
        do
        {
            var filter = new DatasetFilter { Cursor = cursor, Limit = 1000 };
            Batch<DatasetDescription> page = Require(await request.S3.Datasets.Datasets.ListAsync(request.Caller, filter, request.Aborted));
            found.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && found.Count < MaxListed);
        return found;
    }

    private static T Require<T>(Result<T> result) => result.IsOk ? result.Value : throw S3Errors.OfBucket(result.Error);
}
