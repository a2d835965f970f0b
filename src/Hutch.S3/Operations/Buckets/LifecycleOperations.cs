using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Hutch.Site.Life.Lifecycle;

namespace Hutch.S3.Operations.Buckets;

/// <summary>The rules by which the data of a bucket end: expiry of all of it after some days, and the end of incomplete uploads.</summary>
internal static class LifecycleOperations
{
    private const string Root = "LifecycleConfiguration";

    /// <summary>Elements of a rule that ask for what there is not here.</summary>
    private static readonly string[] Refused = ["Transition", "NoncurrentVersionExpiration", "NoncurrentVersionTransition"];

    public static async Task GetAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await RequestedBucket.FindLiveAsync(request);
        Result<LifecycleRule?> found = await request.Reader.Settings.FindLifecycleAsync(
            request.Caller, bucket.Dataset, request.Aborted);
        LifecycleRule? rule = found.IsOk ? found.Value : throw S3Errors.OfBucket(found.Error);
        if (rule?.Document is not { } document)
        {
            throw S3ErrorCode.NoSuchLifecycleConfiguration.With("The lifecycle configuration does not exist.");
        }

        request.Http.Response.ContentType = XmlAnswer.ContentType;
        await request.Http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(document), request.Aborted);
    }

    public static async Task PutAsync(S3Request request)
    {
        XElement document = await XmlBody.ReadAsync(request, Root);
        await SetAsync(request, Read(document));
    }

    public static async Task DeleteAsync(S3Request request)
    {
        await SetAsync(request, null);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetAsync(S3Request request, LifecycleRule? rule)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<Model.Site.SiteDataset> set = await request.S3.Datasets.Settings.SetLifecycleAsync(
            request.Caller, bucket.Dataset, rule, request.Aborted);
        if (!set.IsOk)
        {
            throw S3Errors.OfBucket(set.Error);
        }
    }

    /// <summary>Reads the rules. Each must be for the whole bucket, since a dataset ends as a whole.</summary>
    private static LifecycleRule Read(XElement document)
    {
        int? expire = null;
        int? abort = null;
        XElement[] rules = [.. document.Children("Rule")];
        if (rules.Length == 0)
        {
            throw S3ErrorCode.MalformedXml.With("The document has no Rule.");
        }

        foreach (XElement rule in rules)
        {
            CheckShape(rule);
            if (rule.Text("Status") != "Enabled")
            {
                continue;
            }

            expire = Least(expire, Days(rule.Child("Expiration"), "Days"));
            abort = Least(abort, Days(rule.Child("AbortIncompleteMultipartUpload"), "DaysAfterInitiation"));
        }

        return new LifecycleRule(expire, abort, document.ToString(SaveOptions.DisableFormatting));
    }

    private static void CheckShape(XElement rule)
    {
        if (rule.Text("Status") is not ("Enabled" or "Disabled"))
        {
            throw S3ErrorCode.MalformedXml.With("A rule needs a Status, Enabled or Disabled.");
        }

        if (Refused.FirstOrDefault(name => rule.Child(name) is not null) is { } refused)
        {
            throw S3ErrorCode.NotImplemented.With(
                $"A rule with {refused} is not implemented: there is one storage class, and snapshots are thinned automatically.");
        }

        XElement? filter = rule.Child("Filter");
        bool isNarrow = !string.IsNullOrEmpty(rule.Text("Prefix")) || !string.IsNullOrEmpty(filter?.Text("Prefix"))
            || filter?.Elements().Any(element => element.Name.LocalName != "Prefix") == true;
        if (isNarrow)
        {
            throw S3ErrorCode.NotImplemented.With(
                "A rule for part of a bucket is not implemented: a dataset expires as a whole. "
                + "Leave the filter empty, or use another bucket.");
        }

        if (rule.Child("Expiration") is { } expiration && expiration.Text("Date") is not null)
        {
            throw S3ErrorCode.NotImplemented.With("Expiration at a Date is not implemented; use Days.");
        }
    }

    private static int? Days(XElement? parent, string name)
    {
        if (parent?.Text(name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days)
            && days is >= 1 and <= LifecycleRule.MaxDays
            ? days
            : throw S3ErrorCode.InvalidArgument.With($"'{name}' must be 1 to {LifecycleRule.MaxDays}.");
    }

    private static int? Least(int? a, int? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
