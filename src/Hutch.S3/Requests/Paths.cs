using Hutch.S3.Errors;

namespace Hutch.S3.Requests;

/// <summary>Between keys and paths: the same text, but that a key with a slash at its end is an empty directory.</summary>
internal static class Paths
{
    public static bool IsDirectory(string key) => key.EndsWith('/');

    /// <summary>The path of a key; a key that no dataset can hold is refused with the reason.</summary>
    public static DatasetPath Parse(string key)
    {
        if (Encoding.UTF8.GetByteCount(key) > DatasetPath.MaxBytes)
        {
            throw S3ErrorCode.KeyTooLong.With($"Your key is too long: the limit is {DatasetPath.MaxBytes} bytes of UTF-8.");
        }

        string text = PathText(key);
        if (!DatasetPath.Parse(text).TryGet(out DatasetPath path, out HutchError? error))
        {
            throw S3ErrorCode.InvalidArgument.With($"This key is not a valid path in a dataset. {error.Message}");
        }

        // Stored in another spelling than the client's, it would be listed as a different key, and deleted by the client's next sync.
        return path.Value == text
            ? path
            : throw S3ErrorCode.InvalidArgument.With(
                $"The key {Display.Quote(key)} is not in the composed form of Unicode (NFC), the only one of a dataset. Rename the file, "
                + "such as with `convmv -f utf8 -t utf8 --nfc --notest`, and send it again.");
    }

    /// <summary>The same for reading: where no key can be, there is none.</summary>
    public static DatasetPath ParseExisting(string key)
    {
        string text = PathText(key);
        return Encoding.UTF8.GetByteCount(key) <= DatasetPath.MaxBytes
            && DatasetPath.Parse(text).TryGet(out DatasetPath path, out _)
            && path.Value == text
                ? path
                : throw NoSuchKey(key);
    }

    /// <summary>Returns true if keys can begin with a prefix: a text whose beginning is not in NFC is not in NFC itself.</summary>
    public static bool CanBegin(string prefix) => Nfc.Normalize(prefix) == prefix;

    private static string PathText(string key) => IsDirectory(key) ? key[..^1] : key;

    public static S3Exception NoSuchKey(string key) =>
        S3ErrorCode.NoSuchKey.With($"The specified key does not exist: {Display.Quote(key)}.");
}
