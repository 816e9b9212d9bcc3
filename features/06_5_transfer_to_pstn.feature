@guide-6.5 @external-2
Feature: 6.5 Initial confidence tests: transfer back to the PSTN
  Make calls into Teams from the PSTN then have a user transfer the call back out to a PSTN number.

  Scenario: A call from the PSTN is transferred back out to a PSTN number
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When blind transfer the call to another external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established between the two external devices
    And Teams hangs up
