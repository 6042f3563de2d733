namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Words for the codes with which an archive fails or warns (PS3.4 table B.2-1, PS3.7 annex C, PS3.18 annex I).</summary>
internal static class StoreStatus
{
    public static string Reason(int? code) => code switch
    {
        null => "the archive did not say why",
        0x0110 => "processing failed (0110)",
        0x0111 => "it is there already, and is not replaced (0111)",
        0x0117 => "its SOP Instance UID is not valid (0117)",
        0x0122 => "the archive does not take objects of this SOP class (0122)",
        0x0124 => "not allowed with the configured credentials (0124)",
        0x0131 => "it belongs to another patient or study than the archive expects (0131)",
        0xC122 => "the archive does not take its transfer syntax (C122)",
        0xC409 => "it conflicts with what is there (C409)",
        >= 0xA700 and <= 0xA7FF => $"the archive is out of resources ({code:X4})",
        >= 0xA900 and <= 0xA9FF => $"the object does not match its SOP class ({code:X4})",
        >= 0xC000 and <= 0xCFFF => $"the archive does not understand the object ({code:X4})",
        _ => $"failure {code:X4}",
    };

    public static string Warning(int code) => code switch
    {
        0xB000 => "the archive changed values (B000)",
        0xB006 => "the archive left elements out (B006)",
        0xB007 => "the object does not match its SOP class (B007)",
        _ => $"warning {code:X4}",
    };
}
