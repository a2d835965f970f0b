using Hutch.Detectors.Export;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;

namespace Hutch.Simulator;

/// <summary>Writes the metadata of an NXmx master, all that dxtbx asks for.</summary>
internal sealed class MasterWriter(SimulationOptions options, FrameSimulator simulator)
{
    private const string Detector = "/entry/instrument/detector";
    public const string SensorMaterial = "Si";
    public const double SensorThicknessMetres = 0.45e-3;

    private const double FrameTimeSeconds = 0.01;

    private static readonly string[] Axes = ["image_id", "channel", ".", "."];

    private bool IsNew => options.Layout == SeriesLayout.Dectris2024;

    private double EnergyElectronVolt => PhotonEnergy.OfWavelength(options.WavelengthAngstrom);

    /// <summary>Writes everything but the images.</summary>
    public void Write(Hdf5Writer master)
    {
        master.GroupAttribute("", "default", "entry");
        master.Group("/entry", "NXentry");
        master.GroupAttribute("/entry", "default", "data");
        master.Value("/entry/definition", "NXmx");
        master.Value("/entry/start_time", "2026-01-01T00:00:00Z");
        master.Value("/entry/end_time_estimated", "2026-01-01T00:00:01Z");
        WriteData(master);
        WriteBeam(master);
        WriteDetector(master);
        WriteModule(master);
        WriteSample(master);
        master.Group("/entry/source", "NXsource");
        master.Value("/entry/source/name", "Simulation");
    }

    private void WriteData(Hdf5Writer master)
    {
        master.Group("/entry/data", "NXdata");
        bool isNumbered = options.Layout is SeriesLayout.Legacy or SeriesLayout.InMaster;
        master.GroupAttribute("/entry/data", "signal", isNumbered ? "data_000001" : "data");
        if (IsNew)
        {
            master.GroupAttribute("/entry/data", "axes", Axes);
            master.Value("/entry/data/image_id", Enumerable.Range(1, options.Images).Select(static n => (long)n).ToArray());
            master.Value("/entry/data/channel", Enumerable.Range(1, options.Channels).Select(static n => $"threshold_{n}").ToArray());
        }
    }

    private void WriteBeam(Hdf5Writer master)
    {
        master.Group("/entry/instrument", "NXinstrument");
        master.Value("/entry/instrument/name", "Hutch simulator", ("short_name", "SIM"));
        master.Group("/entry/instrument/beam", "NXbeam");
        master.Value("/entry/instrument/beam/incident_wavelength", options.WavelengthAngstrom, ("units", "angstrom"));
        master.Value("/entry/instrument/beam/incident_energy", EnergyElectronVolt, ("units", "eV"));
    }

    private void WriteDetector(Hdf5Writer master)
    {
        Geometry geometry = simulator.Geometry;
        master.Group(Detector, "NXdetector");
        master.Value(Detector + "/description", options.Detector.Description);
        master.Value(Detector + "/type", "HPC");
        master.Value(Detector + "/detector_number", "SIM-0001");
        master.Value(Detector + "/depends_on", NxMxGeometry.TranslationOf(Detector));
        master.Value(Detector + "/beam_center_x", geometry.BeamX, ("units", "pixel"));
        master.Value(Detector + "/beam_center_y", geometry.BeamY, ("units", "pixel"));
        master.Value(Detector + (IsNew ? "/distance" : "/detector_distance"), geometry.DistanceMetres, ("units", "m"));
        master.Value(Detector + "/x_pixel_size", DetectorModel.PixelSizeMetres, ("units", "m"));
        master.Value(Detector + "/y_pixel_size", DetectorModel.PixelSizeMetres, ("units", "m"));
        master.Value(Detector + "/sensor_material", SensorMaterial);
        master.Value(Detector + "/sensor_thickness", SensorThicknessMetres, ("units", "m"));
        master.Value(Detector + "/count_time", FrameTimeSeconds, ("units", "s"));
        master.Value(Detector + "/frame_time", FrameTimeSeconds, ("units", "s"));
        master.Value(Detector + (IsNew ? "/bit_depth_readout" : "/bit_depth_image"), options.BitDepth);
        master.Value(Detector + "/saturation_value", options.BitDepth == 16 ? SeriesFiles.Saturation16 : uint.MaxValue - 1L);
        WriteMasks(master);
        if (!IsNew)
        {
            WriteSpecific(master);
        }
    }

    private void WriteMasks(Hdf5Writer master)
    {
        DetectorModel detector = options.Detector;
        if (IsNew)
        {
            for (int channel = 1; channel <= options.Channels; channel++)
            {
                string group = $"{Detector}/threshold_{channel}_channel";
                master.Group(group, "NXdetector_channel");
                master.Value(group + "/threshold_energy", EnergyElectronVolt * channel / 2, ("units", "eV"));
                master.Array<uint>(group + "/pixel_mask", simulator.Faults.Mask, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
            }
        }
        else
        {
            master.Array<uint>(Detector + "/pixel_mask", simulator.Faults.Mask, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
        }
    }

    private void WriteSpecific(Hdf5Writer master)
    {
        string specific = Detector + "/detectorSpecific";
        DetectorModel detector = options.Detector;
        master.Group(specific, "NXcollection");
        master.Value(specific + "/nimages", options.Images);
        master.Value(specific + "/ntrigger", 1);
        master.Value(specific + "/x_pixels_in_detector", detector.Columns);
        master.Value(specific + "/y_pixels_in_detector", detector.Rows);
        master.Value(specific + "/photon_energy", EnergyElectronVolt, ("units", "eV"));
        master.Value(specific + "/eiger_fw_version", "simulated");
        float[] flat = new float[detector.Rows * detector.Columns];
        Array.Fill(flat, 1);
        master.Array<float>(specific + "/flatfield", flat, detector.Rows, detector.Columns, FrameCodec.BitshuffleLz4);
    }

    private void WriteModule(Hdf5Writer master)
    {
        Geometry geometry = simulator.Geometry;
        const double Pixel = DetectorModel.PixelSizeMetres;
        NxMxGeometry.WriteModule(master, Detector, new FlatDetector(
            options.Detector.Rows, options.Detector.Columns, Pixel, Pixel, geometry.BeamX, geometry.BeamY, geometry.DistanceMetres));
    }

    private void WriteSample(Hdf5Writer master)
    {
        master.Group("/entry/sample", "NXsample");
        master.Value("/entry/sample/name", "simulated tetragonal crystal");
        double[] starts = Enumerable.Range(0, options.Images).Select(image => image * options.IncrementDegrees).ToArray();
        NxMxGeometry.WriteRotation(master, "/entry/sample", "omega", starts, options.IncrementDegrees);
    }
}
