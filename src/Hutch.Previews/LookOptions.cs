using System.ComponentModel.DataAnnotations;

namespace Hutch.Previews;

/// <summary>How the server looks into files, in processes of their own: see docs/formats/hdf5-reader.md.</summary>
public sealed class LookOptions
{
    /// <summary>How many files are read at the same time; further questions wait. 0: the server looks into none.</summary>
    [Range(0, 256)]
    public int Readers { get; init; } = 4;

    /// <summary>How long a question waits for a reader, seconds.</summary>
    [Range(1, 600)]
    public int WaitSeconds { get; init; } = 15;

    /// <summary>How long one question may take, seconds.</summary>
    [Range(1, 3600)]
    public int RequestSeconds { get; init; } = 60;

    /// <summary>How long a reader stays for the next question, seconds.</summary>
    [Range(1, 86_400)]
    public int IdleSeconds { get; init; } = 120;

    /// <summary>The memory of a reader, bytes.</summary>
    [Range(256L << 20, 1L << 40)]
    public long ReaderMemoryBytes { get; init; } = 2L << 30;

    /// <summary>
    /// The memory of the server for answers, bytes: those that are being sent, and those that may be asked for again. One that takes more
    /// than a quarter of it is sent from its reader, within <c>requestSeconds</c>.
    /// </summary>
    [Range(1 << 20, 1L << 40)]
    public long CacheBytes { get; init; } = 256 << 20;

    /// <summary>The most bytes of an answer.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxAnswerBytes { get; init; } = 256 << 20;

    /// <summary>
    /// How much of the disk thumbnails take, bytes: they are no data, are in no backup, and are made again when they are gone. 0: this
    /// server makes none.
    /// </summary>
    [Range(0, 1L << 40)]
    public long ThumbnailBytes { get; init; } = 256 << 20;
}
