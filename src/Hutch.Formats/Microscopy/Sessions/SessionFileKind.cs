namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>The role of a file in a session, by its name.</summary>
public enum SessionFileKind
{
    /// <summary>Not read: a movie, a picture, or no part of a session.</summary>
    Other,

    Session,
    Square,
    Atlas,

    /// <summary>The XML of an exposure.</summary>
    Exposure,

    /// <summary>The XML of the picture of a square.</summary>
    SquarePicture,

    Mdoc,
    Navigator,
}
