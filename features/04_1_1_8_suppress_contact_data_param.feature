@guide-4.1.1.8 @readiness
Feature: 4.1.1.8 Suppress Contact Data Param
  'No' for a single-organization PBX with a single public IP address; with several tenants or
  servers 'Yes' may work better. Both values are tried.

  Scenario: The data parameter of the Contact comes back, or is better suppressed
    When both users register with a data parameter in the Contact, and are called
    And both users register without a data parameter in the Contact, and are called
    Then each INVITE has the data parameter of the called user's Contact
    And the profile has the better value of suppress_contact_data
