using System.Net.Http.Headers;
using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>A bucket of an S3 store: Ceph's gateway, or any other.</summary>
public sealed class S3ObjectStore : IArchiveStore
{
    private const string ClassHeader = "x-amz-storage-class";
    private const string RestoreHeader = "x-amz-restore";

    private readonly S3Connection _connection;

    /// <summary>Creates a store. It sends no request yet.</summary>
    public S3ObjectStore(S3Location location, S3Credentials credentials, S3ClientOptions options) =>
        _connection = new S3Connection(location, credentials, options);

    public string Name => _connection.Name;

    public async ValueTask PutAsync(string key, ObjectBody body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        await _connection.SendAsync(
            new BucketRequest(HttpMethod.Put, key) { Body = body, IsWrite = true },
            static (_, _) => new ValueTask<Done>(Done.Value),
            cancellationToken);
    }

    public async ValueTask<ObjectReadOutcome> ReadAsync(
        string key, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + into.Length, objectLength);
        if (into.IsEmpty)
        {
            long? length = await FindLengthAsync(key, cancellationToken);
            return length is null ? ObjectReadOutcome.Missing
                : length == objectLength ? ObjectReadOutcome.Read : ObjectReadOutcome.Different;
        }

        try
        {
            return await _connection.SendAsync(
                new BucketRequest(HttpMethod.Get, key) { Range = (offset, into.Length), AlsoGood = HttpStatusCode.NotFound },
                (answer, ct) => ReadAsync(answer, offset, into, objectLength, ct),
                cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == S3ErrorReader.NoSuchRange)
        {
            return ObjectReadOutcome.Different;
        }
    }

    public async ValueTask<long?> FindLengthAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return await _connection.SendAsync(
            new BucketRequest(HttpMethod.Head, key) { AlsoGood = HttpStatusCode.NotFound },
            static (answer, _) => new ValueTask<long?>(
                answer.StatusCode == HttpStatusCode.NotFound ? null : answer.Content.Headers.ContentLength ?? throw NoLength()),
            cancellationToken);
    }

    [SuppressMessage("Security", "CA5351", Justification = "S3 asks for it; it protects nothing.")]
    public async ValueTask<IReadOnlyList<UndeletedObject>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Count, ObjectPage.MaxKeys);
        if (keys.Count == 0)
        {
            return [];
        }

        byte[] body = Encoding.UTF8.GetBytes(new XElement(
            "Delete",
            new XElement("Quiet", "true"),
            keys.Select(static key => new XElement("Object", new XElement("Key", key)))).ToString(SaveOptions.DisableFormatting));
        return await _connection.SendAsync(
            new BucketRequest(HttpMethod.Post)
            {
                Query = [new("delete", "")],
                Body = ObjectBody.From(body),
                ContentType = "application/xml",
                Md5 = MD5.HashData(body),
                IsWrite = true,
            },
            S3Xml.ReadDeletionAsync,
            cancellationToken);
    }

    public async ValueTask<ObjectPage> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(limit is > 0 and <= ObjectPage.MaxKeys, true, nameof(limit));
        List<KeyValuePair<string, string>> query =
        [
            new("encoding-type", "url"),
            new("list-type", "2"),
            new("max-keys", limit.ToString(CultureInfo.InvariantCulture)),
            new("prefix", prefix),
        ];
        if (after is not null)
        {
            query.Add(new("start-after", after));
        }

        (IReadOnlyList<S3Item> items, string? next) = await _connection.SendAsync(
            new BucketRequest(HttpMethod.Get) { Query = query }, S3Xml.ReadListingAsync, cancellationToken);
        return new ObjectPage([.. items.Select(static item => new ObjectFacts(item.Key, item.Size, item.Modified))], IsLast: next is null);
    }

    public async ValueTask<bool> KeepsVersionsAsync(CancellationToken cancellationToken) => await _connection.SendAsync(
        new BucketRequest(HttpMethod.Get) { Query = [new("versioning", "")] }, S3Xml.ReadVersioningAsync, cancellationToken);

    public async ValueTask<ArchivedObject?> FindArchivedAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return await _connection.SendAsync(
            new BucketRequest(HttpMethod.Head, key) { AlsoGood = HttpStatusCode.NotFound },
            static (answer, _) => new ValueTask<ArchivedObject?>(
                answer.StatusCode == HttpStatusCode.NotFound
                    ? null
                    : ArchivedObject.From(
                        answer.Content.Headers.ContentLength ?? throw NoLength(), Header(answer, ClassHeader),
                        Header(answer, RestoreHeader))),
            cancellationToken);
    }

    public async ValueTask ChangeClassAsync(string key, string storageClass, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(storageClass);
        if ((await FindArchivedAsync(key, cancellationToken))?.StorageClass == storageClass)
        {
            return;
        }

        string source = UriText.Escape($"{_connection.Bucket}/{key}", keepSlash: true);
        await _connection.SendAsync(
            new BucketRequest(HttpMethod.Put, key)
            {
                Headers = [new(ClassHeader, storageClass), new("x-amz-copy-source", source), new("x-amz-metadata-directive", "COPY")],
                IsWrite = true,
            },
            S3Xml.CheckCopyAsync,
            cancellationToken);
    }

    public async ValueTask RestoreAsync(string key, int days, string? tier, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var wanted = new XElement(
            "RestoreRequest",
            new XElement("Days", days),
            tier is null ? null : new XElement("GlacierJobParameters", new XElement("Tier", tier)));
        byte[] body = Encoding.UTF8.GetBytes(wanted.ToString(SaveOptions.DisableFormatting));
        try
        {
            await _connection.SendAsync(
                new BucketRequest(HttpMethod.Post, key)
                {
                    Query = [new("restore", "")],
                    Body = ObjectBody.From(body),
                    ContentType = "application/xml",
                },
                static (_, _) => new ValueTask<Done>(Done.Value),
                cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == S3ErrorReader.RestoreUnderWay || e.Error.Code == ArchivedObject.Archived)
        {
            // It is under way; or the object needs none, and stores refuse that as a wrong state.
        }
    }

    public void Dispose() => _connection.Dispose();

    private static async ValueTask<ObjectReadOutcome> ReadAsync(
        HttpResponseMessage answer, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken)
    {
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return ObjectReadOutcome.Missing;
        }

        // A store may answer the whole object when all of it was asked for.
        bool isWhole = answer.StatusCode == HttpStatusCode.OK;
        long? length = isWhole ? answer.Content.Headers.ContentLength : answer.Content.Headers.ContentRange?.Length;
        if (length is null || (isWhole && (offset > 0 || into.Length != objectLength)))
        {
            throw NoLength();
        }

        if (length != objectLength || (!isWhole && answer.Content.Headers.ContentRange!.From != offset))
        {
            return ObjectReadOutcome.Different;
        }

        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await stream.ReadExactlyAsync(into, cancellationToken);
        return ObjectReadOutcome.Read;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    private static BadAnswerException NoLength() => new("The store does not say how long the object is, or which part of it this is.");
}
