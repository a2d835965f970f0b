using System.Text.Json;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations.Objects;

/// <summary>Tags of objects, kept in their entries, and of buckets, kept as a setting.</summary>
internal static class TaggingOperations
{
    private const string Setting = "s3.tags";

    public static async Task GetObjectAsync(S3Request request)
    {
        (OpenedEntry opened, _) = await GetOperations.OpenAsync(request, request.Key);
        await SendAsync(request, ObjectAttributes.TagsOf(opened.Entry));
    }

    public static async Task PutObjectAsync(S3Request request) =>
        await SetObjectAsync(request, ReadOfObject(await XmlBody.ReadAsync(request, "Tagging")));

    /// <summary>Reads the tags of an object, as the body of a request or a field of a form has them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadOfObject(XElement document) => Read(document, Tags.MaxOfObject);

    public static async Task DeleteObjectAsync(S3Request request)
    {
        await SetObjectAsync(request, []);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task GetBucketAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await RequestedBucket.FindLiveAsync(request);
        Result<string?> found = await request.Reader.Settings.FindAsync(request.Caller, bucket.Dataset, Setting, request.Aborted);
        string? text = found.IsOk ? found.Value : throw S3Errors.OfBucket(found.Error);
        if (text is null)
        {
            throw S3ErrorCode.NoSuchTagSet.With("The TagSet does not exist.");
        }

        using var json = JsonDocument.Parse(text);
        await SendAsync(
            request,
            [.. json.RootElement.EnumerateObject().Select(tag => new KeyValuePair<string, string>(tag.Name, tag.Value.GetString()!))]);
    }

    public static async Task PutBucketAsync(S3Request request)
    {
        IReadOnlyList<KeyValuePair<string, string>> tags = Read(await XmlBody.ReadAsync(request, "Tagging"), Tags.MaxOfBucket);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in tags)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        await SetBucketAsync(request, System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task DeleteBucketAsync(S3Request request)
    {
        await SetBucketAsync(request, null);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetBucketAsync(S3Request request, string? tags)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<Done> set = await request.S3.Datasets.Settings.SetAsync(request.Caller, bucket.Dataset, Setting, tags, request.Aborted);
        if (!set.IsOk)
        {
            throw S3Errors.OfBucket(set.Error);
        }
    }

    /// <summary>The entry is put again with other tags, on condition that it is still the same.</summary>
    private static async Task SetObjectAsync(S3Request request, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        OpenedEntry opened = await GetOperations.OpenAsync(request, bucket, request.Key, null);
        Entry tagged = ObjectAttributes.WithTags(opened.Entry, tags);
        var same = new EntryCondition { MustBe = entry => entry.Equals(opened.Entry) };
        Result<StoredEntry> put = await CopyOperations.PutAsync(request, opened, bucket, opened.Path, tagged, same);
        if (!put.IsOk)
        {
            throw put.Error.Code == ErrorCode.PreconditionFailed
                ? S3ErrorCode.OperationAborted.With("The object was changed at the same time. Try again.")
                : S3Errors.OfKey(put.Error);
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Read(XElement document, int most)
    {
        XElement set = document.Child("TagSet") ?? throw S3ErrorCode.MalformedXml.With("The document has no TagSet.");
        return Tags.Check(
            [.. set.Children("Tag").Select(tag => new KeyValuePair<string, string>(tag.Text("Key") ?? "", tag.Text("Value") ?? ""))], most);
    }

    private static Task SendAsync(S3Request request, IReadOnlyList<KeyValuePair<string, string>> tags) =>
        XmlAnswer.SendAsync(request, "Tagging", xml => xml.Element("TagSet", () =>
        {
            foreach ((string name, string value) in tags)
            {
                xml.Element("Tag", () =>
                {
                    xml.Element("Key", name);
                    xml.Element("Value", value);
                });
            }
        }));
}
