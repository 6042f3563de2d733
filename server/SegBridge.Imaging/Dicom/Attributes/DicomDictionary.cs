using System.Collections.Frozen;
using System.Globalization;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Value representation and keyword of the attributes in the modules that are read and written here (PS3.6). Where
/// the standard allows several representations the table has the one to take without further knowledge.
/// </summary>
internal static class DicomDictionary
{
    private static readonly FrozenDictionary<uint, (DicomVR VR, string Keyword)> Entries = Parse();

    public static string? KeywordOf(DicomTag tag) => Entries.TryGetValue(tag.Number, out var entry) ? entry.Keyword : null;

    /// <summary>UN where nothing is known: a private element, or one of a module not used here.</summary>
    public static DicomVR VROf(DicomTag tag) =>
        Entries.TryGetValue(tag.Number, out var entry) ? entry.VR
        : tag.Element == 0 ? DicomVR.UL
        : tag.IsPrivateCreator ? DicomVR.LO
        : DicomVR.UN;

    private static FrozenDictionary<uint, (DicomVR VR, string Keyword)> Parse() => Table
        .Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .ToFrozenDictionary(
            entry => uint.Parse(entry.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            entry => (DicomVR.FromCode(entry.Substring(8, 2)), entry[10..]));

    // Group and element in hexadecimal, representation, keyword.
    private const string Table = """
        00020000ULFileMetaInformationGroupLength 00020001OBFileMetaInformationVersion 00020002UIMediaStorageSOPClassUID
        00020003UIMediaStorageSOPInstanceUID 00020010UITransferSyntaxUID 00020012UIImplementationClassUID
        00020013SHImplementationVersionName 00020016AESourceApplicationEntityTitle 00020017AESendingApplicationEntityTitle
        00020018AEReceivingApplicationEntityTitle 00020026URSourcePresentationAddress 00020027URSendingPresentationAddress
        00020028URReceivingPresentationAddress 00020031OBRTVMetaInformationVersion 00020032UIRTVCommunicationSOPClassUID
        00020033UIRTVCommunicationSOPInstanceUID 00020035OBRTVSourceIdentifier 00020036OBRTVFlowIdentifier 00020037ULRTVFlowRTPSamplingRate
        00020038FDRTVFlowActualFrameDuration 00020100UIPrivateInformationCreatorUID 00020102OBPrivateInformation
        00080005CSSpecificCharacterSet 00080008CSImageType 00080012DAInstanceCreationDate 00080013TMInstanceCreationTime
        00080014UIInstanceCreatorUID 00080016UISOPClassUID 00080018UISOPInstanceUID 00080020DAStudyDate 00080021DASeriesDate
        00080022DAAcquisitionDate 00080023DAContentDate 0008002ADTAcquisitionDateTime 00080030TMStudyTime 00080031TMSeriesTime
        00080032TMAcquisitionTime 00080033TMContentTime 00080050SHAccessionNumber 00080052CSQueryRetrieveLevel 00080054AERetrieveAETitle
        00080056CSInstanceAvailability 00080058UIFailedSOPInstanceUIDList 00080060CSModality 00080061CSModalitiesInStudy
        00080062UISOPClassesInStudy 00080064CSConversionType 00080070LOManufacturer 00080080LOInstitutionName 00080081STInstitutionAddress
        00080090PNReferringPhysicianName 00080100SHCodeValue 00080102SHCodingSchemeDesignator 00080103SHCodingSchemeVersion
        00080104LOCodeMeaning 00080105CSMappingResource 00080106DTContextGroupVersion 0008010FCSContextIdentifier 00080117UIContextUID
        00080119UCLongCodeValue 00080120URURNCodeValue 00080201SHTimezoneOffsetFromUTC 00081010SHStationName 00081030LOStudyDescription
        00081032SQProcedureCodeSequence 0008103ELOSeriesDescription 00081040LOInstitutionalDepartmentName 00081048PNPhysiciansOfRecord
        00081050PNPerformingPhysicianName 00081060PNNameOfPhysiciansReadingStudy 00081070PNOperatorsName
        00081080LOAdmittingDiagnosesDescription 00081090LOManufacturerModelName 00081110SQReferencedStudySequence
        00081111SQReferencedPerformedProcedureStepSequence 00081115SQReferencedSeriesSequence 00081120SQReferencedPatientSequence
        00081140SQReferencedImageSequence 0008114ASQReferencedInstanceSequence 00081150UIReferencedSOPClassUID
        00081155UIReferencedSOPInstanceUID 00081160ISReferencedFrameNumber 00081190URRetrieveURL 00081196USWarningReason
        00081197USFailureReason 00081198SQFailedSOPSequence 00081199SQReferencedSOPSequence
        00081200SQStudiesContainingOtherReferencedInstancesSequence 00082111STDerivationDescription 00082112SQSourceImageSequence
        00082122ISStageNumber 00082124ISNumberOfStages 00082128ISViewNumber 0008212AISNumberOfViewsInStage 00082218SQAnatomicRegionSequence
        00082220SQAnatomicRegionModifierSequence 00083010UIIrradiationEventUID 00089007CSFrameType 00089123UICreatorVersionUID
        00089124SQDerivationImageSequence 00089205CSPixelPresentation 00089206CSVolumetricProperties
        00089207CSVolumeBasedCalculationTechnique 00089208CSComplexImageComponent 00089209CSAcquisitionContrast
        00089215SQDerivationCodeSequence 00100010PNPatientName 00100020LOPatientID 00100021LOIssuerOfPatientID 00100022CSTypeOfPatientID
        00100030DAPatientBirthDate 00100032TMPatientBirthTime 00100040CSPatientSex 00101000LOOtherPatientIDs 00101001PNOtherPatientNames
        00101002SQOtherPatientIDsSequence 00101005PNPatientBirthName 00101010ASPatientAge 00101020DSPatientSize 00101030DSPatientWeight
        00101040LOPatientAddress 00101060PNPatientMotherBirthName 00101080LOMilitaryRank 00102000LOMedicalAlerts 00102110LOAllergies
        00102150LOCountryOfResidence 00102152LORegionOfResidence 00102154SHPatientTelephoneNumbers 00102160SHEthnicGroup
        00102180SHOccupation 001021B0LTAdditionalPatientHistory 001021C0USPregnancyStatus 001021D0DALastMenstrualDate
        001021F0LOPatientReligiousPreference 00102201LOPatientSpeciesDescription 00102203CSPatientSexNeutered 00102297PNResponsiblePerson
        00104000LTPatientComments 00120010LOClinicalTrialSponsorName 00120020LOClinicalTrialProtocolID 00120021LOClinicalTrialProtocolName
        00120030LOClinicalTrialSiteID 00120031LOClinicalTrialSiteName 00120040LOClinicalTrialSubjectID
        00120042LOClinicalTrialSubjectReadingID 00120050LOClinicalTrialTimePointID 00120051STClinicalTrialTimePointDescription
        00120052FDLongitudinalTemporalOffsetFromEvent 00120053CSLongitudinalTemporalEventType 00120060LOClinicalTrialCoordinatingCenterName
        00120062CSPatientIdentityRemoved 00120063LODeidentificationMethod 00120064SQDeidentificationMethodCodeSequence
        00120071LOClinicalTrialSeriesID 00120072LOClinicalTrialSeriesDescription 00120081LOClinicalTrialProtocolEthicsCommitteeName
        00120082LOClinicalTrialProtocolEthicsCommitteeApprovalNumber 00120083SQConsentForClinicalTrialUseSequence 00120084CSDistributionType
        00120085CSConsentForDistributionFlag 00120086DAEthicsCommitteeApprovalEffectivenessStartDate
        00120087DAEthicsCommitteeApprovalEffectivenessEndDate 00180010LOContrastBolusAgent 00180015CSBodyPartExamined
        00180020CSScanningSequence 00180021CSSequenceVariant 00180022CSScanOptions 00180023CSMRAcquisitionType 00180024SHSequenceName
        00180025CSAngioFlag 00180031LORadiopharmaceutical 00180050DSSliceThickness 00180060DSKVP 00180070ISCountsAccumulated
        00180071CSAcquisitionTerminationCondition 00180080DSRepetitionTime 00180081DSEchoTime 00180082DSInversionTime
        00180083DSNumberOfAverages 00180084DSImagingFrequency 00180085SHImagedNucleus 00180086ISEchoNumbers 00180087DSMagneticFieldStrength
        00180088DSSpacingBetweenSlices 00180089ISNumberOfPhaseEncodingSteps 00180090DSDataCollectionDiameter 00180091ISEchoTrainLength
        00180093DSPercentSampling 00180094DSPercentPhaseFieldOfView 00180095DSPixelBandwidth 00181000LODeviceSerialNumber
        00181020LOSoftwareVersions 00181030LOProtocolName 00181040LOContrastBolusRoute 00181041DSContrastBolusVolume
        00181042TMContrastBolusStartTime 00181043TMContrastBolusStopTime 00181046DSContrastFlowRate 00181060DSTriggerTime
        00181062ISNominalInterval 00181070LORadiopharmaceuticalRoute 00181071DSRadiopharmaceuticalVolume
        00181072TMRadiopharmaceuticalStartTime 00181073TMRadiopharmaceuticalStopTime 00181074DSRadionuclideTotalDose
        00181075DSRadionuclideHalfLife 00181076DSRadionuclidePositronFraction 00181078DTRadiopharmaceuticalStartDateTime
        00181079DTRadiopharmaceuticalStopDateTime 00181088ISHeartRate 00181090ISCardiacNumberOfImages 00181100DSReconstructionDiameter
        00181110DSDistanceSourceToDetector 00181111DSDistanceSourceToPatient 00181120DSGantryDetectorTilt 00181130DSTableHeight
        00181131DSTableTraverse 00181140CSRotationDirection 00181150ISExposureTime 00181151ISXRayTubeCurrent 00181152ISExposure
        00181160SHFilterType 00181170ISGeneratorPower 00181190DSFocalSpots 00181210SHConvolutionKernel 00181242ISActualFrameDuration
        00181243ISCountRate 00181250SHReceiveCoilName 00181251SHTransmitCoilName 00181300DSScanVelocity 00181301CSWholeBodyTechnique
        00181302ISScanLength 00181310USAcquisitionMatrix 00181312CSInPlanePhaseEncodingDirection 00181314DSFlipAngle
        00181315CSVariableFlipAngleFlag 00181316DSSAR 00181318DSdBdt 00185100CSPatientPosition 00189004CSContentQualification
        00189005SHPulseSequenceName 00189008CSEchoPulseSequence 00189074DTFrameAcquisitionDateTime 00189075CSDiffusionDirectionality
        00189076SQDiffusionGradientDirectionSequence 00189082FDEffectiveEchoTime 00189087FDDiffusionBValue
        00189089FDDiffusionGradientOrientation 00189112SQMRTimingAndRelatedParametersSequence 00189114SQMREchoSequence
        00189115SQMRModifierSequence 00189117SQMRDiffusionSequence 00189147CSDiffusionAnisotropyType 00189151DTFrameReferenceDateTime
        00189220FDFrameAcquisitionDuration 00189226SQMRImageFrameTypeSequence 00189301SQCTAcquisitionTypeSequence 00189305FDRevolutionTime
        00189306FDSingleCollimationWidth 00189307FDTotalCollimationWidth 00189309FDTableSpeed 00189310FDTableFeedPerRotation
        00189311FDSpiralPitchFactor 00189314SQCTReconstructionSequence 00189315CSReconstructionAlgorithm 00189321SQCTExposureSequence
        00189325SQCTXRayDetailsSequence 00189329SQCTImageFrameTypeSequence 00189345FDCTDIvol 0020000DUIStudyInstanceUID
        0020000EUISeriesInstanceUID 00200010SHStudyID 00200011ISSeriesNumber 00200012ISAcquisitionNumber 00200013ISInstanceNumber
        00200020CSPatientOrientation 00200032DSImagePositionPatient 00200037DSImageOrientationPatient 00200052UIFrameOfReferenceUID
        00200060CSLaterality 00200062CSImageLaterality 00200100ISTemporalPositionIdentifier 00200105ISNumberOfTemporalPositions
        00200110DSTemporalResolution 00200200UISynchronizationFrameOfReferenceUID 00200242UISOPInstanceUIDOfConcatenationSource
        00201040LOPositionReferenceIndicator 00201041DSSliceLocation 00201206ISNumberOfStudyRelatedSeries
        00201208ISNumberOfStudyRelatedInstances 00201209ISNumberOfSeriesRelatedInstances 00204000LTImageComments 00209056SHStackID
        00209057ULInStackPositionNumber 00209071SQFrameAnatomySequence 00209072CSFrameLaterality 00209111SQFrameContentSequence
        00209113SQPlanePositionSequence 00209116SQPlaneOrientationSequence 00209128ULTemporalPositionIndex 00209156USFrameAcquisitionNumber
        00209157ULDimensionIndexValues 00209158LTFrameComments 00209161UIConcatenationUID 00209162USInConcatenationNumber
        00209163USInConcatenationTotalNumber 00209164UIDimensionOrganizationUID 00209165ATDimensionIndexPointer
        00209167ATFunctionalGroupPointer 00209221SQDimensionOrganizationSequence 00209222SQDimensionIndexSequence
        00209228ULConcatenationFrameOffsetNumber 0020930ESQPlanePositionVolumeSequence 0020930FSQPlaneOrientationVolumeSequence
        00209311CSDimensionOrganizationType 00209421LODimensionDescriptionLabel 00209453LOFrameLabel 00240202LOAlgorithmSource
        00280002USSamplesPerPixel 00280004CSPhotometricInterpretation 00280006USPlanarConfiguration 00280008ISNumberOfFrames
        00280009ATFrameIncrementPointer 00280010USRows 00280011USColumns 00280030DSPixelSpacing 00280034ISPixelAspectRatio
        00280051CSCorrectedImage 00280100USBitsAllocated 00280101USBitsStored 00280102USHighBit 00280103USPixelRepresentation
        00280106USSmallestImagePixelValue 00280107USLargestImagePixelValue 00280120USPixelPaddingValue 00280121USPixelPaddingRangeLimit
        00280300CSQualityControlImage 00280301CSBurnedInAnnotation 00280302CSRecognizableVisualFeatures
        00280303CSLongitudinalTemporalInformationModified 00280A02CSPixelSpacingCalibrationType 00281050DSWindowCenter 00281051DSWindowWidth
        00281052DSRescaleIntercept 00281053DSRescaleSlope 00281054LORescaleType 00281055LOWindowCenterWidthExplanation
        00281056CSVOILUTFunction 00281101USRedPaletteColorLookupTableDescriptor 00281102USGreenPaletteColorLookupTableDescriptor
        00281103USBluePaletteColorLookupTableDescriptor 00281201OWRedPaletteColorLookupTableData 00281202OWGreenPaletteColorLookupTableData
        00281203OWBluePaletteColorLookupTableData 0028135ACSSpatialLocationsPreserved 00282000OBICCProfile 00282002CSColorSpace
        00282110CSLossyImageCompression 00282112DSLossyImageCompressionRatio 00282114CSLossyImageCompressionMethod
        00283000SQModalityLUTSequence 00283002USLUTDescriptor 00283003LOLUTExplanation 00283004LOModalityLUTType 00283006OWLUTData
        00283010SQVOILUTSequence 00286010USRepresentativeFrameNumber 00289110SQPixelMeasuresSequence 00289132SQFrameVOILUTSequence
        00289145SQPixelValueTransformationSequence 00321032PNRequestingPhysician 00321033LORequestingService
        00321060LORequestedProcedureDescription 00321064SQRequestedProcedureCodeSequence 00321070LORequestedContrastAgent
        00324000LTStudyComments 00400007LOScheduledProcedureStepDescription 00400009SHScheduledProcedureStepID
        00400244DAPerformedProcedureStepStartDate 00400245TMPerformedProcedureStepStartTime 00400253SHPerformedProcedureStepID
        00400254LOPerformedProcedureStepDescription 00400260SQPerformedProtocolCodeSequence 00400275SQRequestAttributesSequence
        00400555SQAcquisitionContextSequence 00400556STAcquisitionContextDescription 004008EASQMeasurementUnitsCodeSequence
        00401001SHRequestedProcedureID 00409096SQRealWorldValueMappingSequence 00409211USRealWorldValueLastValueMapped
        00409216USRealWorldValueFirstValueMapped 00409220SQQuantityDefinitionSequence 00409224FDRealWorldValueIntercept
        00409225FDRealWorldValueSlope 0040A040CSValueType 0040A043SQConceptNameCodeSequence 0040A160UTTextValue
        0040A168SQConceptCodeSequence 0040A170SQPurposeOfReferenceCodeSequence 00540010USEnergyWindowVector 00540011USNumberOfEnergyWindows
        00540016SQRadiopharmaceuticalInformationSequence 00540020USDetectorVector 00540021USNumberOfDetectors 00540081USNumberOfSlices
        00540101USNumberOfTimeSlices 00540300SQRadionuclideCodeSequence 00540400SHImageID 00541000CSSeriesType 00541001CSUnits
        00541002CSCountsSource 00541006CSSUVType 00541100CSRandomsCorrectionMethod 00541101LOAttenuationCorrectionMethod
        00541102CSDecayCorrection 00541103LOReconstructionMethod 00541105LOScatterCorrectionMethod 00541200DSAxialAcceptance
        00541300DSFrameReferenceTime 00541321DSDecayFactor 00541322DSDoseCalibrationFactor 00541330USImageIndex 00620001CSSegmentationType
        00620002SQSegmentSequence 00620003SQSegmentedPropertyCategoryCodeSequence 00620004USSegmentNumber 00620005LOSegmentLabel
        00620006STSegmentDescription 00620007SQSegmentationAlgorithmIdentificationSequence 00620008CSSegmentAlgorithmType
        00620009LOSegmentAlgorithmName 0062000ASQSegmentIdentificationSequence 0062000BUSReferencedSegmentNumber
        0062000CUSRecommendedDisplayGrayscaleValue 0062000DUSRecommendedDisplayCIELabValue 0062000EUSMaximumFractionalValue
        0062000FSQSegmentedPropertyTypeCodeSequence 00620010CSSegmentationFractionalType 00620011SQSegmentedPropertyTypeModifierCodeSequence
        00620012SQUsedSegmentsSequence 00620013CSSegmentsOverlap 00620020UTTrackingID 00620021UITrackingUID
        0066002FSQAlgorithmFamilyCodeSequence 00660030SQAlgorithmNameCodeSequence 00660031LOAlgorithmVersion 00660032LTAlgorithmParameters
        00660036LOAlgorithmName 00700080CSContentLabel 00700081LOContentDescription 00700084PNContentCreatorName
        00700086SQContentCreatorIdentificationCodeSequence 04000500SQEncryptedAttributesSequence 04000600CSInstanceOriginStatus
        22000005LTBarcodeValue 30040002CSDoseUnits 30040004CSDoseType 3004000ACSDoseSummationType 3004000CDSGridFrameOffsetVector
        3004000EDSDoseGridScaling 30060002SHStructureSetLabel 30060004LOStructureSetName 30060006STStructureSetDescription
        30060008DAStructureSetDate 30060009TMStructureSetTime 30060010SQReferencedFrameOfReferenceSequence
        30060012SQRTReferencedStudySequence 30060014SQRTReferencedSeriesSequence 30060016SQContourImageSequence
        30060018SQPredecessorStructureSetSequence 30060020SQStructureSetROISequence 30060022ISROINumber
        30060024UIReferencedFrameOfReferenceUID 30060026LOROIName 30060028STROIDescription 3006002AISROIDisplayColor 3006002CDSROIVolume
        30060030SQRTRelatedROISequence 30060033CSRTROIRelationship 30060036CSROIGenerationAlgorithm
        30060037SQROIDerivationAlgorithmIdentificationSequence 30060038LOROIGenerationDescription 30060039SQROIContourSequence
        30060040SQContourSequence 30060042CSContourGeometricType 30060046ISNumberOfContourPoints 30060048ISContourNumber
        3006004ASQSourcePixelPlanesCharacteristicsSequence 30060050DSContourData 30060080SQRTROIObservationsSequence
        30060082ISObservationNumber 30060084ISReferencedROINumber 30060085SHROIObservationLabel 30060086SQRTROIIdentificationCodeSequence
        30060088STROIObservationDescription 300600A0SQRelatedRTROIObservationsSequence 300600A4CSRTROIInterpretedType
        300600A6PNROIInterpreter 300600B0SQROIPhysicalPropertiesSequence 300600B2CSROIPhysicalProperty 300600B4DSROIPhysicalPropertyValue
        300600B6SQROIElementalCompositionSequence 300600B7USROIElementalCompositionAtomicNumber
        300600B8FLROIElementalCompositionAtomicMassFraction 300600C6DSFrameOfReferenceTransformationMatrix
        300600C8LOFrameOfReferenceTransformationComment 300600C9SQPatientLocationCoordinatesSequence
        300600CASQPatientLocationCoordinatesCodeSequence 300600CBSQPatientSupportPositionSequence 300C0002SQReferencedRTPlanSequence
        300C0004SQReferencedBeamSequence 300C0006ISReferencedBeamNumber 300C0020SQReferencedFractionGroupSequence
        300C0022ISReferencedFractionGroupNumber 300E0002CSApprovalStatus 300E0004DAReviewDate 300E0005TMReviewTime 300E0008PNReviewerName
        52009229SQSharedFunctionalGroupsSequence 52009230SQPerFrameFunctionalGroupsSequence 7FE00001OVExtendedOffsetTable
        7FE00002OVExtendedOffsetTableLengths 7FE00008OFFloatPixelData 7FE00009ODDoubleFloatPixelData 7FE00010OWPixelData
        FFFAFFFASQDigitalSignaturesSequence FFFCFFFCOBDataSetTrailingPadding
        """;
}
