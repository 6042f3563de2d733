using System.Collections.Frozen;

namespace SegBridge.Imaging.Dicom;

/// <summary>SNOMED CT codes of what is segmented most, by the English names that people give it (PS3.16 CID 7150 to 7170).</summary>
public static class SegmentTerms
{
    private static readonly DicomCode Anatomy = new("123037004", "SCT", "Anatomical Structure");
    private static readonly DicomCode Abnormal = new("49755003", "SCT", "Morphologically Abnormal Structure");
    private static readonly DicomCode Left = new("7771000", "SCT", "Left");
    private static readonly DicomCode Right = new("24028007", "SCT", "Right");

    // Code, meaning, further names.
    private const string AnatomyTable = """
        10200004|Liver
        64033007|Kidney
        78961009|Spleen
        15776009|Pancreas
        28231008|Gallbladder|gall bladder
        69695003|Stomach
        38848004|Duodenum
        30315005|Small Intestine|small bowel
        71854001|Colon
        34402009|Rectum
        32849002|Esophagus|oesophagus
        23451007|Adrenal gland|adrenal
        89837001|Bladder|urinary bladder
        41216001|Prostate
        35039007|Uterus
        15497006|Ovary
        40689003|Testis
        76752008|Breast
        80891009|Heart
        15825003|Aorta
        64131007|Inferior vena cava|ivc
        32764006|Portal vein
        39607008|Lung
        44567001|Trachea
        69748006|Thyroid|thyroid gland
        45289007|Parotid gland|parotid
        12738006|Brain
        2748008|Spinal cord
        81745001|Eye
        51282000|Vertebra
        71341001|Femur
        91609006|Mandible
        """;

    private const string TissueTable = """
        85756007|Tissue
        272673000|Bone
        71616004|Muscle
        248300009|Body fat|fat
        39937001|Skin
        51114001|Artery
        29092000|Vein
        59441001|Lymph node
        """;

    private const string AbnormalTable = """
        108369006|Neoplasm|tumor|tumour
        86049000|Neoplasm, Primary|primary tumor|primary tumour|sarcoma|carcinoma
        14799000|Neoplasm, Secondary|metastasis
        52988006|Lesion
        4147007|Mass
        27925004|Nodule
        441457006|Cyst
        79654002|Edema|oedema
        6574001|Necrosis
        50960005|Hemorrhage|haemorrhage
        55641003|Infarct
        """;

    private static readonly FrozenDictionary<string, (DicomCode Category, DicomCode Type)> ByName =
        Entries(Anatomy, AnatomyTable).Concat(Entries(DicomCode.Tissue, TissueTable)).Concat(Entries(Abnormal, AbnormalTable))
            .ToFrozenDictionary(entry => entry.Name, entry => (entry.Category, entry.Type), StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, DicomCode> Categories =
        ByName.Values.DistinctBy(entry => entry.Type.Value).ToFrozenDictionary(entry => entry.Type.Value, entry => entry.Category);

    /// <summary>Codes a segment by its label, "liver" or "Left Kidney"; one whose label is not known stays as it is.</summary>
    public static DicomSegment Code(DicomSegment segment)
    {
        var name = segment.Label.Replace('_', ' ').Trim();
        var side = name.StartsWith("left ", StringComparison.OrdinalIgnoreCase) ? Left
            : name.StartsWith("right ", StringComparison.OrdinalIgnoreCase) ? Right
            : null;
        return ByName.TryGetValue(side is null ? name : name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim(), out var found)
            ? segment with { Category = found.Category, Type = found.Type, TypeModifier = side }
            : segment;
    }

    /// <summary>The category of a type, where it is known.</summary>
    public static DicomCode? CategoryOf(DicomCode type) => type.Scheme == "SCT" ? Categories.GetValueOrDefault(type.Value) : null;

    private static IEnumerable<(string Name, DicomCode Category, DicomCode Type)> Entries(DicomCode category, string table) =>
        table.Split('\n', StringSplitOptions.TrimEntries).SelectMany(line =>
        {
            var parts = line.Split('|');
            var type = new DicomCode(parts[0], "SCT", parts[1]);
            return parts[1..].Select(name => (name, category, type));
        });
}
