using System.Buffers;
using System.Runtime.CompilerServices;
using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>One bucket of an S3 store, for ingest and analysis. Messages and exceptions never contain the key. Thread-safe.</summary>
public sealed class S3Client : IDisposable
{
    /// <summary>No key, or one that the store rejects. Only clients report this error.</summary>
    public static readonly ErrorCode KeyRefused = new(
        "s3-key-refused",
        401,
        "The store rejected the key",
        "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the clock of this machine.");

    private readonly S3Connection _connection;

    /// <summary>Creates a client. It sends no request yet.</summary>
    public S3Client(S3Location location, S3Credentials credentials, S3ClientOptions options) =>
        _connection = new S3Connection(location, credentials, options);

    public string Bucket => _connection.Bucket;

    /// <summary>Creates the bucket; returns false if it exists and is accessible.</summary>
    public async Task<bool> EnsureBucketAsync(CancellationToken cancellationToken)
    {
        var head = new BucketRequest(HttpMethod.Head) { AlsoGood = HttpStatusCode.NotFound };
        if (await SendAsync(head, cancellationToken) != HttpStatusCode.NotFound)
        {
            return false;
        }

        await SendAsync(new BucketRequest(HttpMethod.Put), cancellationToken);
        return true;
    }

    /// <param name="hash">The SHA-256 of the bytes.</param>
    public Task PutAsync(
        string key, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var body = ObjectBody.From(bytes, hash);
        return SendAsync(
            new BucketRequest(HttpMethod.Put, key) { Body = body, ContentType = contentType, Metadata = metadata }, cancellationToken);
    }

    /// <summary>Reads an object. Returns its user metadata, or null if it does not exist.</summary>
    /// <param name="destination">Receives the bytes; previous content is cleared.</param>
    /// <param name="maxBytes">The most bytes; a larger object is refused.</param>
    public Task<IReadOnlyDictionary<string, string>?> ReadAsync(
        string key, ArrayBufferWriter<byte> destination, long maxBytes, CancellationToken cancellationToken)
    {
        return _connection.SendAsync(
            new BucketRequest(HttpMethod.Get, key) { AlsoGood = HttpStatusCode.NotFound },
            async ValueTask<IReadOnlyDictionary<string, string>?> (answer, ct) =>
            {
                if (answer.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }

                await CopyAsync(answer, key, destination, maxBytes, ct);
                return MetadataOf(answer);
            },
            cancellationToken);
    }

    /// <summary>Deletes an object; a missing one counts as deleted.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        SendAsync(new BucketRequest(HttpMethod.Delete, key), cancellationToken);

    /// <summary>Lists the bucket in key order.</summary>
    public async IAsyncEnumerable<S3Item> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            List<KeyValuePair<string, string>> query = [new("list-type", "2"), new("encoding-type", "url")];
            if (next is not null)
            {
                query.Add(new("continuation-token", next));
            }

            string? before = next;
            (IReadOnlyList<S3Item> items, next) = await _connection.SendAsync(
                new BucketRequest(HttpMethod.Get) { Query = query }, S3Xml.ReadListingAsync, cancellationToken);
            if (next is not null && next == before)
            {
                throw new BadAnswerException("The list of the bucket begins again in place of its next page.");
            }

            foreach (S3Item item in items)
            {
                yield return item;
            }
        }
        while (next is not null);
    }

    public void Dispose() => _connection.Dispose();

    private Task<HttpStatusCode> SendAsync(BucketRequest request, CancellationToken cancellationToken) =>
        _connection.SendAsync(request, static (answer, _) => new ValueTask<HttpStatusCode>(answer.StatusCode), cancellationToken);

    private static Dictionary<string, string> MetadataOf(HttpResponseMessage answer) => answer.Headers.NonValidated
        .Where(static h => h.Key.StartsWith(S3Connection.MetadataPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(
            static h => h.Key[S3Connection.MetadataPrefix.Length..].ToLowerInvariant(),
            static h => h.Value.ToString(),
            StringComparer.Ordinal);

    private static async Task CopyAsync(
        HttpResponseMessage answer, string key, ArrayBufferWriter<byte> destination, long maxBytes, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentLength > maxBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"{Display.Quote(key)} has {answer.Content.Headers.ContentLength} bytes; the limit is {maxBytes}.").ToException();
        }

        destination.ResetWrittenCount();
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        long total = 0;
        while (true)
        {
            int count = await stream.ReadAsync(destination.GetMemory(1 << 16), cancellationToken);
            if (count == 0)
            {
                return;
            }

            destination.Advance(count);
            total += count;
            if (total > maxBytes)
            {
                throw ErrorCode.TooLarge.With($"{Display.Quote(key)} is larger than {maxBytes} bytes.").ToException();
            }
        }
    }
}
