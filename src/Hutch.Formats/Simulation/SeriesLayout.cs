namespace Hutch.Formats.Simulation;

/// <summary>How the files of a series hang together.</summary>
public enum SeriesLayout
{
    /// <summary>EIGER: the master links <c>data_000001</c>, … to <c>X_data_000001.h5:/entry/data/data</c>.</summary>
    Legacy,

    /// <summary>EIGER with all images in the master.</summary>
    InMaster,

    /// <summary>DECTRIS since 2024.2: one virtual data set of images and channels.</summary>
    Dectris2024,

    /// <summary>Diamond: links to <c>X_000001.h5:/data</c>, and a virtual data set over all.</summary>
    Diamond,
}
