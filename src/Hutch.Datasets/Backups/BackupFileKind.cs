namespace Hutch.Datasets.Backups;

public enum BackupFileKind
{
    /// <summary>A sealed segment; backups share it.</summary>
    Segment,

    /// <summary>The committed part of a segment that was still open.</summary>
    OpenSegment,

    /// <summary>A database, copied as one state.</summary>
    Database,

    /// <summary>A small file beside them.</summary>
    File,

    /// <summary>A secret: a key, a certificate's key, the configuration.</summary>
    Key,
}
