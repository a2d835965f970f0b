namespace Hutch.Client.Transfers;

/// <summary>Receives the progress of a transfer. Called from several threads.</summary>
public interface ITransferProgress
{
    /// <param name="files">Files in it; null when not known yet.</param>
    /// <param name="bytes">Bytes in it; null when not known yet.</param>
    void Start(string stage, long? files, long? bytes);

    void Add(long files, long bytes);

    /// <summary>Passes on a sentence that a person should read.</summary>
    void Report(string message);
}
