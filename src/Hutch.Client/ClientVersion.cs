namespace Hutch.Client;

public static class ClientVersion
{
    /// <summary><c>major.minor.patch</c>.</summary>
    public static string Text { get; } = typeof(ClientVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
