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

        return DatasetPath.Parse(IsDirectory(key) ? key[..^1] : key).TryGet(out DatasetPath path, out HutchError? error)
            ? path
            : throw S3ErrorCode.InvalidArgument.With($"This key is not a valid path in a dataset. {error.Message}");
    }

    /// <summary>The same for reading: where no key can be, there is none.</summary>
    public static DatasetPath ParseExisting(string key) =>
        Encoding.UTF8.GetByteCount(key) <= DatasetPath.MaxBytes
            && DatasetPath.Parse(IsDirectory(key) ? key[..^1] : key).TryGet(out DatasetPath path, out _)
            ? path
            : throw NoSuchKey(key);

    public static S3Exception NoSuchKey(string key) =>
        S3ErrorCode.NoSuchKey.With($"The specified key does not exist: {Display.Quote(key)}.");
}
