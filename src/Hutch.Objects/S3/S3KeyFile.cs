using Hutch.Disk;

namespace Hutch.Objects.S3;

/// <summary>Reads a key from a file in the format of the AWS programs, so that no command line or configuration contains it.</summary>
public static class S3KeyFile
{
    private const int MaxBytes = 64 << 10;
    private const string Access = "aws_access_key_id";
    private const string Secret = "aws_secret_access_key";

    /// <summary>
    /// Reads the lines <c>aws_access_key_id = …</c> and <c>aws_secret_access_key = …</c>, and skips headings and other lines. No error
    /// repeats content of the file.
    /// </summary>
    public static Result<S3Credentials> Read(IDisk disk, string path)
    {
        string text;
        try
        {
            text = Encoding.UTF8.GetString(disk.ReadAllBytes(path, MaxBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return S3Client.KeyRefused.With($"The key of the object store cannot be read from {Display.Quote(path)}: {e.Message}");
        }

        string?[] found = [Find(text, Access), Find(text, Secret)];
        return found is [{ Length: > 0 } access, { Length: > 0 } secret]
            ? new S3Credentials(access, secret)
            : S3Client.KeyRefused.With(
                $"{Display.Quote(path)} has no key of an object store: it needs the lines '{Access} = …' and '{Secret} = …', each once.");
    }

    /// <summary>The value of a name; null if it is missing or ambiguous.</summary>
    private static string? Find(string text, string name)
    {
        string[] values =
        [
            .. text.Split('\n')
                .Select(static line => line.Split('=', 2))
                .Where(parts => parts.Length == 2 && parts[0].Trim() == name)
                .Select(static parts => parts[1].Trim()),
        ];
        return values.Length == 1 ? values[0] : null;
    }
}
