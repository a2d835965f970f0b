namespace Hutch.Simulator.Microscope;

/// <summary>The program whose folders a simulated session has.</summary>
public enum SessionLayout
{
    /// <summary>Movies in one folder, each with a small XML file of no program.</summary>
    Plain,

    /// <summary>EPU of Thermo Fisher: session, atlas, squares, holes.</summary>
    Epu,

    /// <summary>SerialEM: tilt series with .mdoc files, and a navigator.</summary>
    SerialEm,
}
