using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace Hutch.Testing.Objects;

/// <summary>
/// The archive class of a <see cref="FakeBucketStore"/>, which is a library: a restore needs a drive for a mount each, and drives are few.
/// </summary>
/// <param name="time">The clock of the library.</param>
public sealed class ArchiveClassOfStore(TimeProvider time)
{
    private const string ClassHeader = "x-amz-storage-class";

    private readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Restore> _restores = new(StringComparer.Ordinal);
    private readonly List<DateTimeOffset> _free = [];

    /// <summary>The time that a drive needs for one object.</summary>
    public TimeSpan Mount { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The most mounts at one time.</summary>
    public int Drives { get; init; } = 2;

    /// <summary>The restores so far, in order.</summary>
    public List<string> Restored { get; } = [];

    /// <summary>The keys in the class.</summary>
    public IReadOnlyCollection<string> Archived => _classes.Keys;

    /// <summary>Answers what the class refuses or does itself; null for anything else. The caller has the lock of the store.</summary>
    internal HttpResponseMessage? Answer(HttpRequestMessage request, string bucket, string key, byte[] body, Func<string, byte[]?> find)
    {
        if (request.Method == HttpMethod.Put)
        {
            return Put(request, bucket, key, find);
        }

        if (request.Method == HttpMethod.Delete)
        {
            _classes.Remove(key);
            _restores.Remove(key);
        }

        return request.Method == HttpMethod.Post && request.RequestUri!.Query.StartsWith("?restore", StringComparison.Ordinal)
            ? Begin(key, body, find)
            : request.Method == HttpMethod.Get && _classes.ContainsKey(key) && !IsReadable(key)
            ? FakeBucketStore.Reject(
                HttpStatusCode.Forbidden, "InvalidObjectState", "The operation is not valid for the object's storage class")
            : null;
    }

    /// <summary>Describes an object in the headers of an answer.</summary>
    internal void Describe(string key, HttpResponseMessage answer)
    {
        if (!_classes.TryGetValue(key, out string? name))
        {
            return;
        }

        answer.Headers.Add(ClassHeader, name);
        if (_restores.TryGetValue(key, out Restore? restore) && time.GetUtcNow() < restore.Until)
        {
            answer.Headers.TryAddWithoutValidation(
                "x-amz-restore",
                time.GetUtcNow() < restore.Ready
                    ? "ongoing-request=\"true\""
                    : string.Create(CultureInfo.InvariantCulture, $"ongoing-request=\"false\", expiry-date=\"{restore.Until:R}\""));
        }
    }

    private HttpResponseMessage? Put(HttpRequestMessage request, string bucket, string key, Func<string, byte[]?> find)
    {
        string? name = request.Headers.TryGetValues(ClassHeader, out IEnumerable<string>? values) ? values.Single() : null;
        _restores.Remove(key);
        if (!request.Headers.TryGetValues("x-amz-copy-source", out IEnumerable<string>? sources))
        {
            _classes.Remove(key);
            return null;
        }

        if (find(key) is null || Uri.UnescapeDataString(sources.Single()) != $"{bucket}/{key}" || name is null)
        {
            return FakeBucketStore.Reject(HttpStatusCode.BadRequest, "InvalidRequest", "Only a change of the class is known here.");
        }

        _classes[key] = name;
        return new(HttpStatusCode.OK) { Content = new StringContent("<CopyObjectResult><ETag>\"x\"</ETag></CopyObjectResult>") };
    }

    private HttpResponseMessage Begin(string key, byte[] body, Func<string, byte[]?> find)
    {
        if (find(key) is null)
        {
            return FakeBucketStore.Reject(HttpStatusCode.NotFound, "NoSuchKey", "The specified key does not exist.");
        }

        if (!_classes.ContainsKey(key))
        {
            return FakeBucketStore.Reject(
                HttpStatusCode.Forbidden, "InvalidObjectState", "Restore is not allowed for the object's current storage class");
        }

        int days = (int)XElement.Parse(System.Text.Encoding.UTF8.GetString(body)).Element("Days")!;
        DateTimeOffset now = time.GetUtcNow();
        if (_restores.TryGetValue(key, out Restore? restore) && now < restore.Until)
        {
            if (now < restore.Ready)
            {
                return FakeBucketStore.Reject(HttpStatusCode.Conflict, "RestoreAlreadyInProgress", "Object restore is already in progress");
            }

            _restores[key] = restore with { Until = now + TimeSpan.FromDays(days) };
            return new(HttpStatusCode.OK);
        }

        Restored.Add(key);
        DateTimeOffset ready = TakeDrive(now);
        _restores[key] = new Restore(ready, ready + TimeSpan.FromDays(days));
        return new(HttpStatusCode.Accepted);
    }

    /// <summary>Takes the drive that is free first; returns the time when the object has come.</summary>
    private DateTimeOffset TakeDrive(DateTimeOffset now)
    {
        _free.Sort();
        DateTimeOffset begin = _free.Count < Drives || _free[0] < now ? now : _free[0];
        if (_free.Count == Drives)
        {
            _free.RemoveAt(0);
        }

        _free.Add(begin + Mount);
        return begin + Mount;
    }

    private bool IsReadable(string key) =>
        _restores.TryGetValue(key, out Restore? restore) && time.GetUtcNow() is var now && now >= restore.Ready && now < restore.Until;

    private sealed record Restore(DateTimeOffset Ready, DateTimeOffset Until);
}
