namespace Hutch.Client.Transfers;

/// <summary>Is told how a transfer goes on. Called from several threads.</summary>
public interface ITransferProgress
{
    /// <summary>A new stage begins.</summary>
    /// <param name="stage">What is done, such as <c>Uploading</c>.</param>
    /// <param name="files">Files in it; null when not known yet.</param>
    /// <param name="bytes">Bytes in it; null when not known yet.</param>
    void Start(string stage, long? files, long? bytes);

    /// <summary>So much more is done.</summary>
    void Add(long files, long bytes);

    /// <summary>Something a person should know, in a sentence.</summary>
    void Tell(string message);
}
